-- The grades of the scheme as declared, defaults filled in. One row per row of the
-- grade table.
-- Grade order 1 is best; pools default to the cohort, seats to rounding down
-- (specification, section 11).
with declared as (
    select *
    from raw.grades
),

final as (
    select
        cast(
            row_number()
                over (
                    order by
                        "order", grade, coalesce(applies, ''), _upload, _sheet, _row
                )
            as integer
        ) as row_no,
        grade,
        "order" as grade_order,
        share,
        coalesce(rounding, 'floor') as rounding,
        coalesce(pool, 'cohort') as pool,
        apportion,
        min_score,
        applies,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
