-- The ledger month by month. One row per month of $cycle with a dated event.
-- Sums before any cap. $kind, $platform and $layer narrow it; null: all of them.
with final as (
    select
        cast(month(events.date) as integer) as month,
        count(*) as events,
        settle9(coalesce(sum(events.points) filter (where events.sign = '+'), 0))
            as bonus_sum,
        settle9(coalesce(sum(-events.points) filter (where events.sign = '-'), 0))
            as deduction_sum
    from marts.events as events
    inner join marts.ranking as ranking
        on events.cycle = ranking.cycle
        and events.subject = ranking.subject
    where events.cycle = $cycle
        and events.date is not null
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    group by month(events.date)
    order by month
)

select * from final
