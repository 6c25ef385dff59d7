-- A name of several subjects where an id is needed. One row per row and such name.
-- A subject may be given by name only where the name is unique in the cycle; of ballots
-- the first row of a sheet is told (specification of workbooks, common rules).
with roster as (
    select
        subject,
        name
    from staging.subjects
),

ids as (
    select distinct subject
    from roster
),

shared_names as (
    select
        name,
        string_agg(distinct subject, ', ' order by subject) as subjects
    from roster
    where name is not null
        and name not in (select subject from ids)
    group by name
    having count(distinct subject) > 1
),

results as (
    select
        'results' as _table,
        'subject' as _of,
        subject as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.results
),

tallies as (
    select
        'tallies' as _table,
        'subject' as _of,
        subject as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.tallies
),

turnout as (
    select
        'turnout' as _table,
        'subject' as _of,
        subject as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.turnout
),

events as (
    select
        'events' as _table,
        'subject' as _of,
        subject as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.events
),

history as (
    select
        'history' as _table,
        'subject' as _of,
        subject as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.history
),

parents as (
    select
        'subjects' as _table,
        'parent' as _of,
        parent as written,
        _upload,
        _sheet,
        _row,
        _column
    from staging.subjects
),

voted as (
    select strangers.word as subject
    from staging.strangers as strangers
    inner join shared_names on strangers.word = shared_names.name
    where strangers.part = 'subject'
),

ballots as (
    select
        'ballots' as _table,
        'subject' as _of,
        ballots.subject as written,
        ballots._upload,
        ballots._sheet,
        min(ballots._row) as _row,
        arg_min(ballots._column, ballots._row) as _column
    from raw.ballots as ballots
    inner join voted on ballots.subject = voted.subject
    where coalesce(ballots.cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
    group by ballots.subject, ballots._upload, ballots._sheet
),

mentions as (
    select * from results
    union all
    select * from tallies
    union all
    select * from turnout
    union all
    select * from events
    union all
    select * from history
    union all
    select * from parents
    union all
    select * from ballots
),

final as (
    select
        mentions._table,
        mentions._upload,
        mentions._sheet,
        mentions._row,
        min(mentions._column) as _column,
        mentions._of,
        mentions.written as found,
        shared_names.subjects
    from mentions
    inner join shared_names on mentions.written = shared_names.name
    group by all
)

select * from final
