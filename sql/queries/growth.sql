-- The raw values of $indicator year by year. One row per subject of $cycle.
-- growth compares with the year before, base_growth with $base; blank where the earlier
-- value is missing or 0 (growth of what was nothing is no number). course says whether
-- the values rise or fall strictly every year of at least three; gaps break it.
-- $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
),

chosen as (
    select
        subject,
        name,
        rank
    from ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

known as (
    select
        chosen.subject,
        chosen.name,
        chosen.rank,
        indicators.cycle,
        indicators.value
    from chosen
    inner join marts.indicators as indicators
        on chosen.subject = indicators.subject
    where indicators.indicator = $indicator
        and indicators.cycle <= $cycle
        and indicators.value is not null
),

stepped as (
    select
        *,
        cycle - lag(cycle) over in_order as years_since,
        value - lag(value) over in_order as step
    from known
    window in_order as (
        partition by subject
        order by cycle
    )
),

folded as (
    select
        subject,
        min(name) as name,
        min(rank) as rank,
        list(value order by cycle) as course_values,
        max(value) filter (where cycle = $cycle) as value,
        max(value) filter (where cycle = $cycle - 1) as previous_value,
        max(value) filter (where cycle = $base) as base_value,
        count(*) as cycle_count,
        bool_and(step > 0) as is_rising,
        bool_and(step < 0) as is_falling,
        bool_and(years_since = 1) as is_unbroken
    from stepped
    group by subject
),

final as (
    select
        subject,
        name,
        rank,
        value,
        previous_value,
        base_value,
        divide(value - previous_value, abs(previous_value)) as growth,
        divide(value - base_value, abs(base_value)) as base_growth,
        course_values,
        case
            when cycle_count < 3 or not is_unbroken then ''
            when is_rising then 'rising'
            when is_falling then 'falling'
            else ''
        end as course
    from folded
    where value is not null
    order by growth desc nulls last, subject asc
)

select * from final
