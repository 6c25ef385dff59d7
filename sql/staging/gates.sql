-- The gates of the scheme as declared, defaults filled in. One row per condition of a
-- gate.
-- Rows with the same gate id that apply must all hold (specification, section 9).
with declared as (
    select *
    from raw.gates
),

final as (
    select
        cast(
            row_number()
                over (
                    order by
                        gate,
                        coalesce(applies, ''),
                        metric,
                        op,
                        coalesce(value, ''),
                        _upload,
                        _sheet,
                        _row
                )
            as integer
        ) as row_no,
        gate,
        metric,
        op,
        value,
        effect,
        applies,
        note,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
