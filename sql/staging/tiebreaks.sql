-- The tiebreaks of the scheme as declared, defaults filled in. One row per tie-break.
-- In this order, the higher value first unless said (specification, section 10).
with declared as (
    select *
    from raw.tiebreaks
),

final as (
    select
        cast(
            row_number()
                over (order by "order", metric, _upload, _sheet, _row)
            as integer
        ) as row_no,
        "order" as tiebreak_order,
        metric,
        coalesce(direction, 'desc') as direction,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
