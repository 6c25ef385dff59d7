-- The poll options of the scheme as declared, defaults filled in. One row per poll and
-- option.
-- `parts` are the points in parts of 10^-9. Blank points: not a valid vote
-- (specification, section 5).
with declared as (
    select *
    from raw.poll_options
),

final as (
    select
        cast(
            row_number() over (order by poll, option, _upload, _sheet, _row) as integer
        ) as row_no,
        poll,
        option,
        name,
        points,
        parts9(points) as parts,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
