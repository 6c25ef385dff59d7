-- The consequences of the scheme as declared, defaults filled in. One row per row of
-- the consequence table.
-- Consecutive and one year unless said (specification, section 12).
with declared as (
    select *
    from raw.consequences
),

final as (
    select
        cast(
            row_number()
                over (order by rule, coalesce(applies, ''), _upload, _sheet, _row)
            as integer
        ) as row_no,
        rule,
        grades,
        coalesce(mode, 'consecutive') as mode,
        coalesce(years, 1) as years,
        action,
        amount,
        applies,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
