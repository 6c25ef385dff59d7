-- The poll groups of the scheme as declared, defaults filled in. One row per row of the
-- rater group table.
-- A blank weight is 1 (specification, sections 3 and 5).
with declared as (
    select *
    from raw.poll_groups
),

final as (
    select
        cast(
            row_number()
                over (
                    order by
                        poll, rater_group, coalesce(applies, ''), _upload, _sheet, _row
                )
            as integer
        ) as row_no,
        poll,
        rater_group,
        name,
        coalesce(weight, 1) as weight,
        applies,
        merge_into,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
