-- Results outside what the indicator's method can take. One row per such cell.
-- Points are from 0 to `full` (more where `cap` lets them score more), counts to deduct
-- for are not negative. Where rows of one indicator differ, the widest limits hold
-- (specification of workbooks, checks on data).
with limits as (
    select
        indicator,
        case
            when bool_and(method = 'points' and full_points > 0)
                then max(cast(full_points * greatest(cap, 100) as decimal(38, 9)))
                    * 0.01
        end as highest,
        max(full_points) as full_points,
        string_agg(distinct method, ', ' order by method) as method
    from staging.indicators
    where method in ('points', 'deduct')
    group by indicator
),

strict as (
    select *
    from limits
    where indicator not in (
            select indicator from staging.indicators
            where method not in ('points', 'deduct')
        )
),

results as (
    select *
    from staging.results
    where value is not null
),

final as (
    select
        'results' as _table,
        results._upload,
        results._sheet,
        results._row,
        results._column,
        'value' as _of,
        plain(results.value) as found,
        results.subject,
        results.indicator,
        strict.method,
        case
            when strict.highest is null then '≥ 0' else '0 … ' || plain(strict.highest)
        end as allowed
    from results
    inner join strict on results.indicator = strict.indicator
    where results.value < 0
        or results.value > strict.highest
)

select * from final
