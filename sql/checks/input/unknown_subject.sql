-- Data about somebody who is not on the roster. One row per row and written subject.
-- Neither an id nor a name of the cycle; of ballots the first row of a sheet is told.
-- Without a roster `roster_missing` speaks
-- (specification of workbooks, checks on data).
with roster as (
    select
        subject,
        name
    from staging.subjects
),

results as (
    select 'results' as _table, subject, _upload, _sheet, _row, _column
    from staging.results
),

tallies as (
    select 'tallies' as _table, subject, _upload, _sheet, _row, _column
    from staging.tallies
),

turnout as (
    select 'turnout' as _table, subject, _upload, _sheet, _row, _column
    from staging.turnout
    where subject != ''
),

events as (
    select 'events' as _table, subject, _upload, _sheet, _row, _column
    from staging.events
),

establishment as (
    select 'establishment' as _table, subject, _upload, _sheet, _row, _column
    from staging.establishment
),

applications as (
    select 'applications' as _table, subject, _upload, _sheet, _row, _column
    from staging.applications
),

stage_results as (
    select 'stage_results' as _table, subject, _upload, _sheet, _row, _column
    from staging.stage_results
),

strangers as (
    select word as subject
    from staging.strangers
    where part = 'subject'
),

ballots as (
    select
        'ballots' as _table,
        ballots.subject,
        ballots._upload,
        ballots._sheet,
        min(ballots._row) as _row,
        arg_min(ballots._column, ballots._row) as _column
    from raw.ballots as ballots
    inner join strangers on ballots.subject = strangers.subject
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
    select * from establishment
    union all
    select * from applications
    union all
    select * from stage_results
    union all
    select * from ballots
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        min(_column) as _column,
        'subject' as _of,
        subject as found
    from mentions
    where subject not in (select subject from roster)
        and subject not in (
            select name from roster
            where name is not null
        )
        and exists (select 1 from roster)
    group by _table, _upload, _sheet, _row, subject
)

select * from final
