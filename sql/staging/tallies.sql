-- Counted votes of the cycle. One row per poll, subject, rater group, item and answer
-- as uploaded, ids for names.
-- A blank item is `overall` (specification, section 5).
with tallies as (
    select *
    from raw.tallies
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

polled as (
    select
        tallies.*,
        coalesce(words.id, tallies.poll) as poll_id
    from tallies
    left join staging.poll_words as words
        on words.part = 'poll'
        and tallies.poll = words.written
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        polled.poll_id as poll,
        coalesce(subjects.subject, names.subject, polled.subject) as subject,
        coalesce(groups.id, polled.rater_group, '') as rater_group,
        coalesce(items.id, polled.item, 'overall') as item,
        coalesce(options.id, polled.answer) as answer,
        polled.votes,
        polled._upload,
        polled._sheet,
        polled._row,
        polled._column,
        polled._wide
    from polled
    left join staging.subjects as subjects on polled.subject = subjects.subject
    left join staging.names as names on polled.subject = names.name
    left join staging.poll_words as groups
        on groups.part = 'rater_group'
        and polled.poll_id = groups.poll
        and polled.rater_group = groups.written
    left join staging.poll_words as items
        on items.part = 'item'
        and polled.poll_id = items.poll
        and polled.item = items.written
    left join staging.poll_words as options
        on options.part = 'option'
        and polled.poll_id = options.poll
        and polled.answer = options.written
)

select * from final
