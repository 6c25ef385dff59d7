-- The ledger subject by subject. One row per subject of $cycle with an event in the
-- months $first to $last (null: all).
-- Sums before any cap; `counted` is what the year's total has of it, caps applied.
-- $kind, $platform and $layer narrow it; null: all of them.
with events as (
    select *
    from marts.events
    where cycle = $cycle
        and ($first::integer is null or month(date) between $first and $last)
),

sums as (
    select
        subject,
        count(*) as events,
        sum(points) filter (where sign = '+') as bonus_sum,
        sum(-points) filter (where sign = '-') as deduction_sum,
        count(*) filter (where sign is null) as uncounted
    from events
    group by subject
),

final as (
    select
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        sums.events,
        settle9(coalesce(sums.bonus_sum, 0)) as bonus_sum,
        settle9(coalesce(sums.deduction_sum, 0)) as deduction_sum,
        sums.uncounted,
        ranking.bonus - ranking.deduction as counted
    from sums
    inner join marts.ranking as ranking
        on ranking.cycle = $cycle
        and sums.subject = ranking.subject
    where ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by deduction_sum desc, bonus_sum desc, ranking.subject asc
)

select * from final
