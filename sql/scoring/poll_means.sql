-- The mean that a rater group gave. One row per subject, poll, item and rater group
-- with an answer.
-- The `trim` highest and lowest valid answers are dropped if there are more than twice
-- as many; a group with fewer than `min_ballots` valid votes is absent: its mean is
-- NULL (specification, section 5).
with scored as (
    select
        poll_votes.subject,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.points,
        cast(sum(poll_votes.votes) as bigint) as votes
    from scoring.poll_votes as poll_votes
    left join staging.polls as polls on poll_votes.poll = polls.poll
    where poll_votes.points is not null
        and coalesce(polls.standardise, '') != 'rater'
    group by
        poll_votes.subject,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.points
    union all
    select subject, poll, item, rater_group, points, votes
    from scoring.standardised_votes
),

running as (
    select
        scored.*,
        sum(scored.votes) over (
            partition by scored.subject, scored.poll, scored.item, scored.rater_group
            order by scored.points
            rows between unbounded preceding and current row
        ) as votes_so_far,
        sum(scored.votes) over (
            partition by scored.subject, scored.poll, scored.item, scored.rater_group
        ) as valid_votes
    from scored
),

trimmed as (
    select
        running.*,
        case when running.valid_votes > 2 * polls.trim then polls.trim else 0 end
            as dropped
    from running
    left join staging.polls as polls on running.poll = polls.poll
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

means as (
    select
        subject,
        poll,
        item,
        rater_group,
        votes as valid_votes,
        divide(points_sum, votes) as mean
    from scoring.poll_votes
    where points_sum is not null
        and votes > 0
    union all
    select
        subject,
        poll,
        item,
        rater_group,
        cast(max(valid_votes) as bigint) as valid_votes,
        divide(sum(cast(points as decimal(20, 9)) * kept_votes), sum(kept_votes))
            as mean
    from kept
    group by subject, poll, item, rater_group
),

answered as (
    select
        subject,
        poll,
        item,
        rater_group,
        cast(sum(votes) as bigint) as votes
    from scoring.poll_votes
    group by subject, poll, item, rater_group
    having sum(votes) > 0
),

final as (
    select
        answered.subject,
        answered.poll,
        answered.item,
        answered.rater_group,
        answered.votes as cast_votes,
        coalesce(means.valid_votes, 0) as votes,
        case
            when
                coalesce(means.valid_votes, 0) >= greatest(polls.min_ballots, 1)
                then rounded(means.mean, polls.round)
        end as mean
    from answered
    left join staging.polls as polls on answered.poll = polls.poll
    left join means
        on answered.subject = means.subject
        and answered.poll = means.poll
        and answered.item = means.item
        and answered.rater_group = means.rater_group
)

select * from final
