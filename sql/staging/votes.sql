-- How often each answer was given and what it is worth. One row per poll, subject,
-- rater group, item and answer, for each way in which these are written.
-- Ballots and tallies count together; a poll without rater groups pools all its votes
-- in the group `all`. `points` is what one vote is worth, `parts` what all are in parts
-- of 10^-9; an option without points, and a word where numbers are answers, is not a
-- valid vote: both are NULL (specification, section 5). Where only the mean of the
-- numbers matters (no options, no trimming, no standardising), numbers are one row,
-- `answer` and `points` NULL, `lowest` and `highest` among them. Where numbers must be
-- told apart, the ballots are counted again.
with options as (
    select
        words.poll,
        words.written,
        words.id,
        options.points,
        options.parts
    from staging.poll_words as words
    inner join staging.poll_options as options
        on words.part = 'option'
        and words.poll = options.poll
        and words.id = options.option
),

polls as (
    select
        words.written,
        polls.poll in (select poll from staging.poll_options) as has_options,
        polls.trim = 0
        and polls.standardise is null
        and polls.poll not in (select poll from staging.poll_options) as is_summed
    from staging.poll_words as words
    inner join staging.polls as polls on words.id = polls.poll
    where words.part = 'poll'
),

summed as (
    select written
    from polls
    where is_summed
),

with_options as (
    select written
    from polls
    where has_options
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
        count(*) as votes
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
        cast(null as decimal(28, 9)) as points,
        parts,
        lowest,
        highest
    from staging.ballot_counts
    where votes > 0
        and (word is not null or poll in (select written from summed))
    union all
    select
        *,
        case
            when poll not in (select written from with_options) then as_number(answer)
        end as points,
        null as parts,
        null as lowest,
        null as highest
    from numbers
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
        polled.answer,
        polled.votes,
        polled.points,
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
),

tallied as (
    select
        *,
        as_number(answer) as number,
        poll in (select written from summed) as is_summed,
        poll in (select written from with_options) as has_options
    from staging.tallies
    where answer is not null
        and votes is not null
),

tallies as (
    select
        poll,
        subject,
        rater_group,
        item,
        case when not is_summed or number is null then answer end as answer,
        votes,
        case when not is_summed and not has_options then number end as points,
        case when is_summed then parts9(number) * votes end as parts,
        number as lowest,
        number as highest
    from tallied
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
        coalesce(options.id, counted.answer) as answer,
        counted.votes,
        coalesce(options.points, counted.points) as points,
        coalesce(
            counted.parts,
            options.parts * counted.votes,
            parts9(counted.points) * counted.votes
        ) as parts,
        coalesce(options.points, counted.points, counted.lowest) as lowest,
        coalesce(options.points, counted.points, counted.highest) as highest
    from counted
    left join grouped on counted.poll = grouped.poll
    left join options
        on counted.poll = options.poll
        and counted.answer = options.written
)

select * from final
