-- The polls of the scheme as declared, defaults filled in. One row per poll.
-- At least one valid vote makes a group present, nothing is trimmed unless said
-- (specification, section 5).
with declared as (
    select *
    from raw.polls
),

final as (
    select
        cast(row_number() over (order by poll, _upload, _sheet, _row) as integer)
            as row_no,
        poll,
        name,
        coalesce(min_ballots, 1) as min_ballots,
        coalesce(trim, 0) as trim,
        standardise,
        round,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from declared
)

select * from final
