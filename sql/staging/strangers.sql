-- Words on ballots and tallies that the scheme or the roster lacks. One row per part,
-- poll and word.
-- `part` is poll, subject, rater_group, item, option or number (a word where only
-- numbers are answers); the checks look for the places only if there is one
-- (specification of workbooks, checks on data).
with words as (
    select poll, rater_group, item, answer from staging.ballot_words
    union all
    select distinct poll, rater_group, item, answer
    from staging.tally_votes
),

groups as (
    select distinct poll, rater_group from words
),

items as (
    select distinct poll, item from words
),

answers as (
    select distinct poll, answer
    from words
    where answer is not null
),

named as (
    select subject from staging.tally_votes
    union all
    select distinct subject
    from staging.ballot_counts
    where votes > 0
        and subject not in (select name from staging.names)
),

subjects as (
    select distinct subject
    from named
    where subject not in (select subject from staging.subjects)
),

final as (
    select distinct
        'poll' as part,
        poll,
        poll as word
    from items
    where poll not in (
            select id from staging.poll_words
            where part = 'poll'
        )
    union all
    select
        'subject' as part,
        '' as poll,
        subject as word
    from subjects
    union all
    select
        'rater_group' as part,
        poll,
        rater_group as word
    from groups
    where poll in (select poll from staging.poll_groups)
        and (poll, rater_group)
        not in (select (poll, rater_group) from staging.poll_groups)
    union all
    select
        'item' as part,
        poll,
        item as word
    from items
    where poll in (select poll from staging.polls)
        and (poll, item) not in (select (poll, item) from staging.poll_items)
        and (item != 'overall' or poll in (select poll from staging.poll_items))
    union all
    select
        'option' as part,
        poll,
        answer as word
    from answers
    where poll in (select poll from staging.poll_options)
        and (poll, answer) not in (select (poll, option) from staging.poll_options)
    union all
    select
        'number' as part,
        poll,
        answer as word
    from answers
    where poll in (select poll from staging.polls)
        and poll not in (select poll from staging.poll_options)
        and as_number(answer) is null
)

select * from final
