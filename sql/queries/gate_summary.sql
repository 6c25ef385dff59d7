-- What each gate found. One row per gate with a row that applies in $cycle.
-- $kind, $platform and $layer narrow it; null: all of them.
with rows as (
    select
        gates.*,
        as_number(gates.value) as number
    from marts.gates as gates
    inner join marts.ranking as ranking
        on gates.cycle = ranking.cycle
        and gates.subject = ranking.subject
    where gates.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
),

final as (
    select
        gate,
        string_agg(
            distinct metric || ' ' || op || ' ' || coalesce(threshold, ''), '; '
            order by metric || ' ' || op || ' ' || coalesce(threshold, '')
        ) as condition,
        min(effect) as effect,
        max(note) as note,
        count(distinct subject) as subject_count,
        count(distinct subject) filter (where gate_holds) as holds_count,
        count(distinct subject) filter (where is_unknown and not gate_holds)
            as unknown_count
    from rows
    group by gate
    order by holds_count desc, unknown_count desc, gate asc
)

select * from final
