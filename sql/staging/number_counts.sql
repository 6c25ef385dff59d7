-- Numbers on ballots that must be told apart, counted. One row per poll, subject, rater
-- group, item and number, all as written.
-- Where only the mean of the numbers matters (no options, no trimming, no
-- standardising), `ballot_counts` has them summed; of all other polls the ballots are
-- counted again (specification, section 5).
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

final as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer as word,
        count(*) as votes
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and as_number(answer) is not null
        and poll in (select poll from told_apart)
    group by all
)

select * from final
