-- The adjustments of the scheme as declared, defaults filled in. One row per row of the
-- adjustment table.
-- Event types with sign, default points and cap (specification, section 7).
with declared as (
    select *
    from raw.adjustments
),

final as (
    select
        cast(
            row_number()
                over (order by type, coalesce(applies, ''), _upload, _sheet, _row)
            as integer
        ) as row_no,
        type,
        name,
        sign,
        points,
        cap,
        applies,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
