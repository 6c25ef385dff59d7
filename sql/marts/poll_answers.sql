-- How often each option was chosen. One row per kind, platform, layer, poll, item,
-- rater group and option.
-- Pooled over the cells that the mart `polls` shows, so that nothing here tells of a
-- hidden one; only where at least twice `anonymity` answers stand behind the pool.
-- Only valid votes: an option without points is none (specification, section 5).
with kept_back as (
    select
        subject,
        poll,
        item,
        rater_group
    from marts.polls
    where votes is null
        or mean is null
),

counted as (
    select
        poll_votes.cycle,
        poll_votes.kind,
        poll_votes.platform,
        poll_votes.layer,
        poll_votes.poll,
        poll_votes.item,
        poll_votes.rater_group,
        poll_votes.answer,
        poll_votes.points,
        sum(poll_votes.votes) as votes
    from scoring.poll_votes as poll_votes
    left join kept_back
        on poll_votes.subject = kept_back.subject
        and poll_votes.poll = kept_back.poll
        and poll_votes.item = kept_back.item
        and poll_votes.rater_group = kept_back.rater_group
    where kept_back.subject is null
        and poll_votes.poll in (select poll from staging.poll_options)
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
