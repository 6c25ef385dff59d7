-- Counted votes where raters must be told apart. One row per sheet and poll.
-- Counts do not say who gave which answers; the place is the first row
-- (specification, section 5).
with final as (
    select
        'tallies' as _table,
        tallies._upload,
        tallies._sheet,
        min(tallies._row) as _row,
        arg_min(tallies._column, tallies._row) as _column,
        'poll' as _of,
        tallies.poll as found
    from staging.tallies as tallies
    inner join staging.rater_polls as polls on tallies.poll = polls.poll
    where tallies.votes is not null
    group by tallies._upload, tallies._sheet, tallies.poll
)

select * from final
