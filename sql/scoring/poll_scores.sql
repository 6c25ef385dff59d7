-- The score of each poll. One row per subject and poll with an answer; the score may be
-- NULL.
-- Weighted mean over the items that have a score (specification, section 5).
with item_scores as (
    select
        item_scores.subject,
        item_scores.poll,
        item_scores.votes,
        item_scores.score,
        items.weight
    from scoring.poll_item_scores as item_scores
    inner join scoring.poll_items as items
        on item_scores.poll = items.poll
        and item_scores.item = items.item
),

final as (
    select
        subject,
        poll,
        divide(
            as_score(sum(product(weight, score))),
            sum(weight) filter (where score is not null)
        ) as score
    from item_scores
    group by subject, poll
)

select * from final
