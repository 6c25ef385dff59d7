-- Votes on an item that the poll lacks. One row per table, sheet, poll and item.
-- A poll without items has one, `overall`; a blank item is `overall`; the place is the
-- first row (specification, section 5).
with polls as (
    select poll
    from staging.polls
),

items as (
    select poll, item from staging.poll_items
    union
    select poll, 'overall' as item
    from polls
    where poll not in (select poll from staging.poll_items)
),

strangers as (
    select
        poll,
        word as item
    from staging.strangers
    where part = 'item'
),

tallies as (
    select 'tallies' as _table, poll, item, _upload, _sheet, _row, _column
    from staging.tallies
    where answer is not null
        and votes is not null
),

ballots as (
    select 'ballots' as _table, poll, item, _upload, _sheet, _row, _column
    from staging.ballots
    where answer is not null
),

mentions as (
    select * from tallies
    union all
    select * from ballots
),

allowed as (
    select
        poll,
        string_agg(item, ', ' order by item) as allowed
    from items
    group by poll
),

final as (
    select
        mentions._table,
        mentions._upload,
        mentions._sheet,
        min(mentions._row) as _row,
        arg_min(mentions._column, mentions._row) as _column,
        'item' as _of,
        mentions.item as found,
        mentions.poll,
        allowed.allowed
    from mentions
    inner join
        strangers
        on mentions.poll = strangers.poll and mentions.item = strangers.item
    inner join allowed on mentions.poll = allowed.poll
    group by
        mentions._table,
        mentions._upload,
        mentions._sheet,
        mentions.poll,
        mentions.item,
        allowed.allowed
)

select * from final
