-- What each answer is worth. One row per subject, poll, item, rater group and answer,
-- with its votes, for each way in which these are written.
-- An option without points, and a word where numbers are answers, is not a valid vote:
-- points are NULL (specification, section 5). Numbers that only count by their mean
-- are one row without answer and points, with their sum, the lowest and the highest.
-- `parts` and `point_parts` are in parts of 10^-9.
-- Materialised: view
with votes as (
    select votes.*
    from staging.votes as votes
    inner join scoring.subjects as subjects on votes.subject = subjects.subject
),

with_options as (
    select distinct poll
    from staging.poll_options
),

final as (
    select
        votes.subject,
        votes.poll,
        votes.item,
        votes.rater_group,
        votes.answer,
        votes.votes,
        votes.parts,
        votes.lowest,
        votes.highest,
        with_options.poll is not null as has_options,
        case
            when with_options.poll is null then as_number(votes.answer) else
                options.points
        end as points,
        case
            when with_options.poll is null then parts9(as_number(votes.answer)) else
                options.parts
        end as point_parts
    from votes
    left join with_options on votes.poll = with_options.poll
    left join staging.poll_options as options
        on votes.poll = options.poll
        and votes.answer = options.option
)

select * from final
