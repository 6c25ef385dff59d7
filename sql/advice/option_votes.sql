-- The votes of each option. One row per kind, poll and option.
-- All subjects, items and groups of the kind together; an option without points is no
-- valid vote (specification, section 5).
with votes as (
    select
        subjects.kind,
        poll_votes.poll,
        poll_votes.answer,
        cast(sum(poll_votes.votes) as bigint) as votes
    from scoring.poll_votes as poll_votes
    inner join scoring.subjects as subjects on poll_votes.subject = subjects.subject
    group by subjects.kind, poll_votes.poll, poll_votes.answer
),

final as (
    select
        votes.kind,
        options.poll,
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
