-- Answers that are not an option of their poll. One row per such cell.
-- With options an answer is an option, by id or name; of a column of its own the first
-- row is told (specification, section 5).
with options as (
    select
        poll,
        option
    from staging.poll_options
),

allowed as (
    select
        poll,
        string_agg(option, ', ' order by option) as allowed
    from options
    group by poll
),

strangers as (
    select
        poll,
        word as answer
    from staging.strangers
    where part = 'option'
),

tallies as (
    select
        'tallies' as _table,
        poll,
        answer,
        subject,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from staging.tallies
    where votes is not null
),

ballots as (
    select
        'ballots' as _table,
        poll,
        answer,
        subject,
        _upload,
        _sheet,
        _row,
        _column,
        false as _wide
    from staging.ballots
),

mentions as (
    select * from tallies
    union all
    select * from ballots
),

numbered as (
    select
        mentions.*,
        allowed.allowed,
        row_number() over (
            partition by
                mentions._table,
                mentions._upload,
                mentions._sheet,
                mentions.answer,
                case when mentions._wide then -mentions._column else mentions._row end,
                case when not mentions._wide then mentions._column end
            order by mentions._row
        ) as place
    from mentions
    inner join
        strangers
        on mentions.poll = strangers.poll and mentions.answer = strangers.answer
    inner join allowed on mentions.poll = allowed.poll
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        _column,
        'answer' as _of,
        answer as found,
        subject as row,
        allowed
    from numbered
    where place = 1
)

select * from final
