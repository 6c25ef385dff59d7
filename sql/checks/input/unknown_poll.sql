-- Votes of a poll that the scheme does not know. One row per table, sheet and poll.
-- Neither id nor name of a poll; the place is the first row
-- (specification of workbooks, checks on data).
with known as (
    select written as poll
    from staging.poll_words
    where part = 'poll'
),

tallies as (
    select 'tallies' as _table, poll, _upload, _sheet, _row, _column
    from staging.tallies
),

turnout as (
    select 'turnout' as _table, poll, _upload, _sheet, _row, _column
    from staging.turnout
),

strangers as (
    select word as poll
    from staging.strangers
    where part = 'poll'
),

ballots as (
    select
        'ballots' as _table,
        ballots.poll,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from raw.ballots as ballots
    inner join strangers on ballots.poll = strangers.poll
    where coalesce(ballots.cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

mentions as (
    select * from tallies
    union all
    select * from turnout
    union all
    select * from ballots
),

first_known as (
    select poll
    from known
    order by poll
    limit 12
),

allowed as (
    select coalesce(string_agg(poll, ', ' order by poll), '–') as allowed
    from first_known
),

final as (
    select
        mentions._table,
        mentions._upload,
        mentions._sheet,
        min(mentions._row) as _row,
        arg_min(mentions._column, mentions._row) as _column,
        'poll' as _of,
        mentions.poll as found,
        allowed.allowed
    from mentions
    cross join allowed
    where mentions.poll not in (select poll from known)
        and exists (select 1 from staging.components)
    group by
        mentions._table,
        mentions._upload,
        mentions._sheet,
        mentions.poll,
        allowed.allowed
)

select * from final
