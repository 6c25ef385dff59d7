-- How often each answer was given. One row per poll, subject, rater group, item and
-- answer, for each way in which these are written.
-- Ballots and tallies count together; a poll without rater groups pools all its votes
-- in the group `all` (specification, section 5). Where only the mean of the numbers
-- matters (no options, no trimming, no standardising), numbers are one row, `answer`
-- NULL and their sum in `parts` of 10^-9; `lowest` and `highest` are among them. Where
-- numbers must be told apart, the ballots are counted again.
with summed as (
    select words.written
    from staging.poll_words as words
    inner join staging.polls as polls on words.id = polls.poll
    where words.part = 'poll'
        and polls.trim = 0
        and polls.standardise is null
        and polls.poll not in (select poll from staging.poll_options)
),

told_apart as (
    select distinct poll
    from staging.ballot_counts
    where word is null
        and votes > 0
        and poll not in (select written from summed)
),

numbers as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        count(*) as votes,
        cast(null as hugeint) as parts,
        cast(null as decimal(28, 9)) as lowest,
        cast(null as decimal(28, 9)) as highest
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and as_number(answer) is not null
        and poll in (select poll from told_apart)
    group by all
),

ballots as (
    select
        poll,
        subject,
        rater_group,
        item,
        word as answer,
        votes,
        parts,
        lowest,
        highest
    from staging.ballot_counts
    where votes > 0
        and (word is not null or poll in (select written from summed))
    union all
    select * from numbers
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
        polled.parts,
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
                then parts9(as_number(tallies.answer)) * tallies.votes
        end as parts,
        as_number(tallies.answer) as lowest,
        as_number(tallies.answer) as highest
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
        counted.parts,
        counted.lowest,
        counted.highest
    from counted
    left join grouped on counted.poll = grouped.poll
)

select * from final
