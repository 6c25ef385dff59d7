-- The distinct filters of the scheme. One row per text of `applies` that is not blank.
-- Filters are read once, not once per scheme row.
with scheme_rows as (
    select applies
    from staging.scheme_rows
),

final as (
    select
        applies,
        cast(row_number() over (order by applies) as integer) as filter_no
    from scheme_rows
    where applies != ''
    group by applies
)

select * from final
