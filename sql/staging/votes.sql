-- How often each answer was given. One row per poll, subject, rater group, item and
-- answer, for each way in which these are written.
-- Ballots and tallies count together; a poll without rater groups pools all its votes
-- in the group `all` (specification, section 5). Where only the mean of the numbers
-- matters (no options, no trimming, no standardising), numbers are one row, `answer`
-- NULL and their sum in `points_sum`; `lowest` and `highest` are among them.
-- The ballots are grouped as written first: names are resolved on the few rows that are
-- left.
with summed as (
    select words.written
    from staging.poll_words as words
    inner join staging.polls as polls on words.id = polls.poll
    where words.part = 'poll'
        and polls.trim = 0
        and polls.standardise is null
        and polls.poll not in (select poll from staging.poll_options)
),

numbers as (
    select
        poll,
        subject,
        rater_group,
        item,
        cast(null as varchar) as answer,
        count(as_number(answer)) as votes,
        sum(as_number(answer)) as points_sum,
        min(answer) as lowest,
        max(answer) as highest
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and poll in (select written from summed)
    group by poll, subject, rater_group, item
),

words as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        count(*) as votes,
        cast(null as decimal(38, 9)) as points_sum,
        answer as lowest,
        answer as highest
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
        and (as_number(answer) is null or poll not in (select written from summed))
    group by poll, subject, rater_group, item, answer
),

ballots as (
    select *
    from numbers
    where votes > 0
    union all
    select * from words
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
        polled.votes,
        polled.points_sum,
        polled.lowest,
        polled.highest
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
        tallies.poll,
        tallies.subject,
        tallies.rater_group,
        tallies.item,
        case
            when summed.written is null or as_number(tallies.answer) is null
                then tallies.answer
        end as answer,
        tallies.votes,
        case
            when summed.written is not null
                then cast(as_number(tallies.answer) * tallies.votes as decimal(38, 9))
        end as points_sum,
        tallies.answer as lowest,
        tallies.answer as highest
    from staging.tallies as tallies
    left join summed on tallies.poll = summed.written
    where tallies.answer is not null
        and tallies.votes is not null
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
        counted.votes,
        counted.points_sum,
        counted.lowest,
        counted.highest
    from counted
    left join grouped on counted.poll = grouped.poll
)

select * from final
