-- How often each answer was given. One row per poll, subject, rater group, item and
-- answer.
-- Ballots and tallies count together; a poll without rater groups pools all its votes
-- in the group `all` (specification, section 5). The ballots are grouped as written
-- first: names are resolved on the few rows that are left.
with ballots as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        count(*) as votes
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
    group by poll, subject, rater_group, item, answer
),

polled as (
    select
        ballots.*,
        coalesce(words.id, ballots.poll) as poll_id
    from ballots
    left join staging.poll_words as words
        on words.part = 'poll'
        and ballots.poll = words.written
),

resolved as (
    select
        polled.poll_id as poll,
        coalesce(subjects.subject, names.subject, polled.subject) as subject,
        coalesce(groups.id, polled.rater_group, '') as rater_group,
        coalesce(items.id, polled.item, 'overall') as item,
        coalesce(options.id, polled.answer) as answer,
        polled.votes
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
),

tallies as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        votes
    from staging.tallies
    where answer is not null
        and votes is not null
),

counted as (
    select * from resolved
    union all
    select * from tallies
),

grouped as (
    select distinct poll
    from staging.poll_groups
),

final as (
    select
        counted.poll,
        counted.subject,
        case when grouped.poll is null then 'all' else counted.rater_group end
            as rater_group,
        counted.item,
        counted.answer,
        cast(sum(counted.votes) as bigint) as votes
    from counted
    left join grouped on counted.poll = grouped.poll
    group by all
)

select * from final
