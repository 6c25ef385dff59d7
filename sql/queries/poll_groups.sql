-- How rater groups see the items. One row per item and rater group of $poll in $cycle.
-- Over the cells that are shown only: mean weighted by votes, lowest and highest mean
-- of a subject. $kind, $platform and $layer narrow it; null: all.
with cells as (
    select polls.*
    from marts.polls as polls
    inner join marts.ranking as ranking
        on polls.cycle = ranking.cycle
        and polls.subject = ranking.subject
    where polls.cycle = $cycle
        and polls.poll = $poll
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
),

final as (
    select
        item,
        rater_group,
        count(*) filter (where votes is not null) as shown_count,
        count(*) filter (where votes is null and merged_into is null) as hidden_count,
        cast(sum(votes) filter (where mean is not null) as bigint) as votes,
        settle9(
            divide(sum(mean * votes), sum(votes) filter (where mean is not null))
        ) as mean,
        min(mean) as lowest,
        max(mean) as highest
    from cells
    group by item, rater_group
    order by item, rater_group
)

select * from final
