-- The shares of options that gates and tie-breaks ask for. One row per subject and
-- metric.
-- Votes as they were counted for it; `is_overall` where only the item `overall` counts
-- (specification, section 8).
with items as (
    select
        poll,
        bool_or(item = 'overall') as is_overall
    from scoring.poll_items
    group by poll
),

final as (
    select
        counts.subject,
        counts.metric,
        counts.poll,
        items.is_overall,
        counts.valid_votes,
        counts.chosen_votes
    from scoring.poll_counts as counts
    inner join items on counts.poll = items.poll
)

select * from final
