-- Results of an indicator that the scheme does not know. One row per such row; of a column of its own the first row.
-- Neither id nor name of an indicator or component (specification of workbooks, checks on data).
with results as (
    select *
    from staging.results
),

known as (
    select written
    from staging.measured
),

numbered as (
    select
        *,
        row_number() over (
            partition by _upload, _sheet, indicator, case when _wide then -_column else _row end
            order by _row, _column
        ) as place
    from results
    where indicator not in (select written from known)
),

final as (
    select
        'results' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'indicator' as _of,
        indicator as found,
        subject as row,
        (
            select string_agg(written, ', ' order by written)
            from (select written from known order by written limit 12)
        ) as allowed
    from numbered
    where place = 1
        and exists (select 1 from known)
)

select * from final
