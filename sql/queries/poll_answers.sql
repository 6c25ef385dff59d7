-- How the options were chosen. One row per item, rater group and option of $poll in
-- $cycle, best points first.
-- `rate` is of the valid votes. $kind, $platform and $layer narrow it; null: all.
with pooled as (
    select
        item,
        rater_group,
        option,
        max(points) as points,
        cast(sum(votes) as bigint) as votes
    from marts.poll_answers
    where cycle = $cycle
        and poll = $poll
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
    group by item, rater_group, option
),

totals as (
    select
        item,
        rater_group,
        sum(votes) as votes
    from pooled
    group by item, rater_group
),

final as (
    select
        pooled.item,
        pooled.rater_group,
        pooled.option,
        pooled.points,
        pooled.votes,
        settle9(divide(pooled.votes, totals.votes)) as rate
    from pooled
    inner join totals
        on pooled.item = totals.item
        and pooled.rater_group = totals.rater_group
    order by
        pooled.item asc,
        pooled.rater_group asc,
        pooled.points desc,
        pooled.option asc
)

select * from final
