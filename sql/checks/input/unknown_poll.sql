-- Votes and turnout of a poll that the scheme does not know. One row per table, sheet and poll, at its first row.
-- Neither id nor name of a poll (specification of workbooks, checks on data).
with known as (
    select written as poll from staging.poll_words where part = 'poll'
    union
    select poll from staging.poll_items
    union
    select poll from staging.poll_options
    union
    select poll from staging.poll_groups
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
    select distinct poll
    from staging.votes
    where poll not in (select poll from known)
),

ballots as (
    select 'ballots' as _table, ballots.poll, ballots._upload, ballots._sheet, ballots._row, ballots._column
    from raw.ballots as ballots
    inner join strangers on ballots.poll = strangers.poll
    where coalesce(ballots.cycle, (select max(cycle) from run.cycle)) = (select max(cycle) from run.cycle)
),

mentions as (
    select * from tallies
    union all
    select * from turnout
    union all
    select * from ballots
),

final as (
    select
        _table,
        _upload,
        _sheet,
        min(_row) as _row,
        arg_min(_column, _row) as _column,
        'poll' as _of,
        poll as found,
        (
            select string_agg(poll, ', ' order by poll)
            from (select poll from known order by poll limit 12)
        ) as allowed
    from mentions
    where poll not in (select poll from known)
        and exists (select 1 from staging.components)
    group by _table, _upload, _sheet, poll
)

select * from final
