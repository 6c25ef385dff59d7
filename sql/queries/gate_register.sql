-- The register of vetoes and limits. One row per subject and gate row that applies in
-- $cycle.
-- `margin` is how far a number is from making the row hold: below 0 it is past the
-- threshold. $kind, $platform and $layer narrow it; null: all of them.
with gates as (
    select
        gates.*,
        as_number(gates.value) as number,
        as_number(gates.threshold) as bound
    from marts.gates as gates
    where gates.cycle = $cycle
),

final as (
    select
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        gates.gate,
        gates.metric,
        gates.op,
        gates.value,
        gates.threshold,
        case
            when gates.op in ('>', '>=') then gates.bound - gates.number
            when gates.op in ('<', '<=') then gates.number - gates.bound
        end as margin,
        case
            when gates.gate_holds then 'holds'
            when gates.is_unknown then 'unknown'
            else 'free'
        end as state,
        gates.effect,
        gates.note
    from gates
    inner join marts.ranking as ranking
        on gates.cycle = ranking.cycle
        and gates.subject = ranking.subject
    where ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by
        list_position(['holds', 'unknown', 'free'], state) asc,
        gates.gate asc,
        margin asc nulls last,
        ranking.subject asc,
        gates.metric asc
)

select * from final
