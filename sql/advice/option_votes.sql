-- The votes of each option. One row per kind, subject, poll, item, rater group and
-- option.
-- Read inside a run only and never shown: what leaves the advice is summed over cells
-- that are shown. An option without points is no valid vote (specification, section 5).
with votes as (
    select
        subjects.kind,
        poll_votes.subject,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.answer,
        cast(sum(poll_votes.votes) as bigint) as votes
    from scoring.poll_votes as poll_votes
    inner join scoring.subjects as subjects on poll_votes.subject = subjects.subject
    group by all
),

final as (
    select
        votes.kind,
        votes.subject,
        options.poll,
        votes.item,
        votes.rater_group,
        coalesce(polls.name, options.poll) as poll_name,
        options.option,
        coalesce(options.name, options.option) as option_name,
        options.points,
        votes.votes
    from staging.poll_options as options
    inner join staging.polls as polls on options.poll = polls.poll
    inner join votes
        on options.poll = votes.poll
        and options.option = votes.answer
)

select * from final
