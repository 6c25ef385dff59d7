-- The components of the scheme as declared, defaults filled in. One row per row of the
-- component table.
-- A blank weight is 1, blank missing is skip (specification, sections 3, 4, 6).
with declared as (
    select *
    from raw.components
),

final as (
    select
        cast(
            row_number()
                over (order by component, coalesce(applies, ''), _upload, _sheet, _row)
            as integer
        ) as row_no,
        component,
        name,
        coalesce(weight, 1) as weight,
        parent,
        source,
        coalesce(aggregate, 'arithmetic') as aggregate,
        coalesce(min_present, 0) as min_present,
        round,
        applies,
        coalesce(missing, 'skip') as missing,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
