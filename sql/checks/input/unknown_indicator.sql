-- Results of an indicator that the scheme does not know. One row per such row.
-- Neither id nor name of an indicator or component; of a column of its own the first
-- row is told (specification of workbooks, checks on data).
with results as (
    select *
    from staging.results
),

known as (
    select written
    from staging.measured
),

first_known as (
    select written
    from known
    order by written
    limit 12
),

allowed as (
    select string_agg(written, ', ' order by written) as allowed
    from first_known
),

numbered as (
    select
        *,
        row_number() over (
            partition by
                _upload, _sheet, indicator, case when _wide then -_column else _row end
            order by _row, _column
        ) as place
    from results
    where indicator not in (select written from known)
),

final as (
    select
        'results' as _table,
        numbered._upload,
        numbered._sheet,
        numbered._row,
        numbered._column,
        'indicator' as _of,
        numbered.indicator as found,
        numbered.subject as row,
        allowed.allowed
    from numbered
    cross join allowed
    where numbered.place = 1
        and allowed.allowed is not null
)

select * from final
