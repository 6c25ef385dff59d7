-- The poll items of the scheme as declared, defaults filled in. One row per poll and
-- item.
-- A blank weight is 1 (specification, section 3).
with declared as (
    select *
    from raw.poll_items
),

final as (
    select
        cast(
            row_number() over (order by poll, item, _upload, _sheet, _row) as integer
        ) as row_no,
        poll,
        item,
        name,
        coalesce(weight, 1) as weight,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
