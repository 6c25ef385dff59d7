-- How often each option was chosen. One row per kind, platform, layer, poll, item,
-- rater group and option.
-- Pooled over the cells that the mart `polls` shows, so that nothing here tells of a
-- hidden one; only where at least twice `anonymity` answers stand behind the pool.
-- `is_valid` is false for an option without points (specification, section 5).
with shown as (
    select polls.*
    from marts.polls as polls
    where polls.votes is not null
        and polls.mean is not null
),

counted as (
    select
        subjects.cycle,
        subjects.kind,
        subjects.platform,
        subjects.layer,
        shown.poll,
        shown.item,
        shown.rater_group,
        poll_votes.answer,
        poll_votes.points,
        sum(poll_votes.votes) as votes
    from shown
    inner join scoring.subjects as subjects on shown.subject = subjects.subject
    inner join scoring.poll_votes as poll_votes
        on shown.subject = poll_votes.subject
        and shown.poll = poll_votes.poll
        and shown.item = poll_votes.item
        and shown.rater_group = poll_votes.rater_group
    where poll_votes.has_options
        and poll_votes.points is not null
    group by all
),

pools as (
    select
        *,
        sum(votes) over (
            partition by kind, platform, layer, poll, item, rater_group
        ) as pool_votes
    from counted
),

final as (
    select
        pools.cycle,
        pools.kind,
        pools.platform,
        pools.layer,
        pools.poll,
        pools.item,
        pools.rater_group,
        pools.answer as option,
        pools.points,
        cast(pools.votes as bigint) as votes
    from pools
    cross join staging.settings as settings
    where pools.pool_votes >= 2 * settings.anonymity
)

select * from final
