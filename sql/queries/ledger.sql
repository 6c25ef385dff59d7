-- The ledger of bonus, deduction and other events. One row per event of $cycle.
-- Months $first to $last, null: all, events without a date too. Points before the cap
-- of the type. $kind, $platform and $layer narrow it; null: all of them.
with final as (
    select
        events.date,
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        events.name as type,
        events.sign,
        events.points,
        events.reason,
        events.document
    from marts.events as events
    inner join marts.ranking as ranking
        on events.cycle = ranking.cycle
        and events.subject = ranking.subject
    where events.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
        and (
            $first::integer is null
            or month(events.date) between $first and $last
        )
    order by
        events.date asc nulls last,
        ranking.subject asc,
        events.name asc,
        events.reason asc
)

select * from final
