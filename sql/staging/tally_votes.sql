-- Counted votes with what they are worth. One row per row of the tallies with an answer
-- and votes; columns of `staging.votes`.
-- An option without points, and a word where numbers are answers, is not a valid vote:
-- `points` and `parts` are NULL (specification, section 5).
with tallied as (
    select
        poll,
        subject,
        case
            when poll in (select poll from staging.poll_groups) then rater_group
            else 'all'
        end as rater_group,
        item,
        answer,
        votes,
        poll in (select poll from staging.poll_options) as has_options
    from staging.tallies
    where answer is not null
        and votes is not null
),

valued as (
    select
        tallied.*,
        case
            when tallied.has_options then options.points else as_number(tallied.answer)
        end as points
    from tallied
    left join staging.poll_options as options
        on tallied.poll = options.poll
        and tallied.answer = options.option
),

final as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        votes,
        points,
        parts9(points) * votes as parts,
        points as lowest,
        points as highest
    from valued
)

select * from final
