-- Text where only a number has a meaning. One row per such cell.
-- A result of anything but a yes/no indicator, an answer in a poll without options
-- (specification, sections 4 and 5).
with yesno as (
    select indicator
    from staging.indicators
    where method = 'yesno'
),

results as (
    select
        'results' as _table,
        'value' as _of,
        answer,
        _upload,
        _sheet,
        _row,
        _column
    from staging.results
    where answer is not null
        and value is null
        and indicator in (select written from staging.measured)
        and indicator not in (select indicator from yesno)
),

strangers as (
    select
        poll,
        word as answer
    from staging.strangers
    where part = 'number'
),

tallies as (
    select
        'tallies' as _table,
        'answer' as _of,
        tallies.answer,
        tallies._upload,
        tallies._sheet,
        tallies._row,
        tallies._column
    from staging.tallies as tallies
    inner join
        strangers
        on tallies.poll = strangers.poll and tallies.answer = strangers.answer
),

ballots as (
    select
        'ballots' as _table,
        'answer' as _of,
        ballots.answer,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from staging.ballots as ballots
    inner join
        strangers
        on ballots.poll = strangers.poll and ballots.answer = strangers.answer
),

cells as (
    select * from results
    union all
    select * from tallies
    union all
    select * from ballots
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        _column,
        _of,
        answer as found
    from cells
)

select * from final
