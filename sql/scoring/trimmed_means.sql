-- The mean where not every answer counts as it stands. One row per subject, poll, item
-- and rater group with a valid answer.
-- The `trim` highest and lowest valid answers are dropped if there are more than twice
-- as many; answers that are standardised by rater take the place of those given
-- (specification, section 5).
with given as (
    select
        poll_votes.subject,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.points,
        trimmed_polls.trim,
        cast(sum(poll_votes.votes) as bigint) as votes
    from scoring.poll_votes as poll_votes
    inner join staging.trimmed_polls as trimmed_polls
        on poll_votes.poll = trimmed_polls.poll
    where poll_votes.points is not null
        and poll_votes.poll not in (select poll from staging.rater_polls)
    group by
        poll_votes.subject,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.points,
        trimmed_polls.trim
),

standardised as (
    select
        standardised_votes.subject,
        standardised_votes.poll,
        standardised_votes.item,
        standardised_votes.rater_group,
        standardised_votes.points,
        rater_polls.trim,
        standardised_votes.votes
    from scoring.standardised_votes as standardised_votes
    inner join staging.rater_polls as rater_polls
        on standardised_votes.poll = rater_polls.poll
),

scored as (
    select * from given
    union all
    select * from standardised
),

running as (
    select
        *,
        sum(votes) over (
            partition by subject, poll, item, rater_group
            order by points
            rows between unbounded preceding and current row
        ) as votes_so_far,
        sum(votes) over (
            partition by subject, poll, item, rater_group
        ) as valid_votes
    from scored
),

trimmed as (
    select
        *,
        case when valid_votes > 2 * trim then trim else 0 end as dropped
    from running
),

kept as (
    select
        *,
        cast(
            greatest(
                least(votes_so_far, valid_votes - dropped)
                - greatest(votes_so_far - votes, dropped),
                0
            ) as bigint
        ) as kept_votes
    from trimmed
),

final as (
    select
        subject,
        poll,
        item,
        rater_group,
        cast(max(valid_votes) as bigint) as votes,
        divide(sum(cast(points as decimal(20, 9)) * kept_votes), sum(kept_votes))
            as mean
    from kept
    group by subject, poll, item, rater_group
)

select * from final
