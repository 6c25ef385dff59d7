-- Ballots without a number where raters are told apart. One row per such row.
-- A poll standardised per rater needs numbered ballots (specification, section 5).
with final as (
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
    inner join staging.rater_polls as polls on ballots.poll = polls.poll
    where ballots.ballot is null
        and ballots.answer is not null
    group by ballots._upload, ballots._sheet, ballots._row, ballots.poll
)

select * from final
