-- Votes of a rater group that the poll lacks. One row per table, sheet, poll and group.
-- A rater group that voted but has no row is an error, never dropped; the place is the
-- first row (specification, section 5).
with groups as (
    select distinct
        poll,
        rater_group
    from staging.poll_groups
),

allowed as (
    select
        poll,
        string_agg(rater_group, ', ' order by rater_group) as allowed
    from groups
    group by poll
),

strangers as (
    select
        poll,
        word as rater_group
    from staging.strangers
    where part = 'rater_group'
),

tallies as (
    select 'tallies' as _table, poll, rater_group, _upload, _sheet, _row, _column
    from staging.tallies
    where votes is not null
),

turnout as (
    select 'turnout' as _table, poll, rater_group, _upload, _sheet, _row, _column
    from staging.turnout
),

ballots as (
    select
        'ballots' as _table,
        ballots.poll,
        ballots.rater_group,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from staging.ballots as ballots
    inner join
        strangers
        on ballots.poll = strangers.poll and ballots.rater_group = strangers.rater_group
    where ballots.answer is not null
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
        mentions._table,
        mentions._upload,
        mentions._sheet,
        min(mentions._row) as _row,
        arg_min(mentions._column, mentions._row) as _column,
        'rater_group' as _of,
        mentions.rater_group as found,
        mentions.poll,
        allowed.allowed
    from mentions
    inner join allowed on mentions.poll = allowed.poll
    left join
        groups
        on mentions.poll = groups.poll and mentions.rater_group = groups.rater_group
    where groups.rater_group is null
    group by
        mentions._table,
        mentions._upload,
        mentions._sheet,
        mentions.poll,
        mentions.rater_group,
        allowed.allowed
)

select * from final
