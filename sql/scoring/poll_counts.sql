-- Votes for the options that a metric names. One row per subject and rate, votes or
-- attendee_rate metric with votes.
-- All groups pooled, on the item `overall` if the poll has it, else over all items;
-- polls without options have none (specification, section 8).
with metrics as (
    select distinct
        choices.metric,
        choices.poll
    from staging.metric_choices as choices
    where choices.kind in ('rate', 'votes', 'attendee_rate')
        and choices.poll in (select poll from staging.poll_options)
),

items as (
    select
        poll,
        item,
        bool_or(item = 'overall') over (partition by poll) as has_overall
    from scoring.poll_items
),

pooled as (
    select
        poll,
        item,
        count(*) over (partition by poll) as item_count
    from items
    where not has_overall
        or item = 'overall'
),

final as (
    select
        poll_votes.subject,
        metrics.metric,
        metrics.poll,
        max(pooled.item_count) as item_count,
        cast(sum(poll_votes.votes) as bigint) as cast_votes,
        cast(
            coalesce(
                sum(poll_votes.votes) filter (where poll_votes.points is not null), 0
            ) as bigint
        ) as valid_votes,
        cast(
            coalesce(
                sum(poll_votes.votes) filter (where choices.choice is not null), 0
            ) as bigint
        ) as chosen_votes
    from metrics
    inner join pooled on metrics.poll = pooled.poll
    inner join scoring.poll_votes as poll_votes
        on pooled.poll = poll_votes.poll
        and pooled.item = poll_votes.item
    left join staging.metric_choices as choices
        on metrics.metric = choices.metric
        and poll_votes.answer = choices.choice
    group by poll_votes.subject, metrics.metric, metrics.poll
    having sum(poll_votes.votes) > 0
)

select * from final
