-- Ballots without a number in a poll that is standardised per rater. One row per such cell.
-- Without a number nobody knows which answers one rater gave (specification, section 5).
with polls as (
    select poll
    from staging.polls
    where standardise = 'rater'
),

final as (
    select
        'ballots' as _table,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        min(ballots._column) as _column,
        'ballot' as _of,
        '' as found,
        ballots.poll
    from staging.ballots as ballots
    inner join polls on ballots.poll = polls.poll
    where ballots.ballot is null
        and ballots.answer is not null
    group by ballots._upload, ballots._sheet, ballots._row, ballots.poll
)

select * from final
