-- What a rater group gave, summed. One row per subject, poll, item and rater group with
-- an answer.
-- All votes, the valid ones among them, the sum of their points, and whether all valid
-- votes are worth the same (specification, section 5).
with votes as (
    select
        subject,
        poll,
        item,
        rater_group,
        votes,
        points is not null or points_sum is not null as is_valid,
        coalesce(points_sum, points * cast(votes as integer)) as points_sum,
        case when points_sum is null then points else as_number(lowest) end as lowest,
        case when points_sum is null then points else as_number(highest) end as highest
    from scoring.poll_votes
    where votes > 0
),

final as (
    select
        subject,
        poll,
        item,
        rater_group,
        cast(sum(votes) as bigint) as cast_votes,
        cast(coalesce(sum(votes) filter (where is_valid), 0) as bigint) as votes,
        cast(sum(points_sum) as decimal(38, 9)) as points_sum,
        coalesce(min(lowest) = max(highest), false) as is_unanimous
    from votes
    group by subject, poll, item, rater_group
)

select * from final
