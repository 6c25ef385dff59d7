-- Why subjects carry their flags. One row per flagged subject, gate and gate row.
-- Of $cycle; only gates that hold, or rows that could not be judged.
-- $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
        and flags != ''
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

gates as (
    select *
    from marts.gates
    where cycle = $cycle
        and (gate_holds or is_unknown)
),

final as (
    select
        ranking.kind,
        ranking.platform,
        ranking.layer,
        gates.subject,
        ranking.name,
        gates.gate,
        gates.metric,
        gates.value,
        gates.op,
        gates.threshold,
        gates.is_unknown,
        gates.effect,
        gates.note
    from gates
    inner join ranking on gates.subject = ranking.subject
    order by gates.subject, gates.gate, gates.metric
)

select * from final
