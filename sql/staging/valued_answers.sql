-- Answers with what they are worth. One row per answer on a ballot and per counted
-- answer (`is_ballot` tells them apart), ids for names.
-- An option without points, and a word where numbers are answers, is worth NULL; a poll
-- without rater groups pools its answers in the group `all`, `written_group` being the
-- one as written (specification, section 5).
-- Materialised: view
with answers as (
    select
        poll,
        rater_group,
        ballot,
        subject,
        item,
        answer,
        1 as votes,
        true as is_ballot
    from staging.ballots
    union all
    select
        poll,
        rater_group,
        null as ballot,
        subject,
        item,
        answer,
        votes,
        false as is_ballot
    from staging.tallies
),

grouped as (
    select distinct poll
    from staging.poll_groups
),

with_options as (
    select distinct poll
    from staging.poll_options
),

final as (
    select
        answers.poll,
        case when grouped.poll is null then 'all' else answers.rater_group end
            as rater_group,
        answers.rater_group as written_group,
        answers.ballot,
        answers.subject,
        answers.item,
        case
            when with_options.poll is null then as_number(answers.answer) else
                options.points
        end as points,
        answers.votes,
        answers.is_ballot
    from answers
    left join grouped on answers.poll = grouped.poll
    left join with_options on answers.poll = with_options.poll
    left join staging.poll_options as options
        on answers.poll = options.poll
        and answers.answer = options.option
)

select * from final
