-- What the rules suggest, and for whom. One row per subject and rule that holds in
-- $cycle; a person decides.
-- $kind, $platform and $layer narrow it; null: all of them.
with final as (
    select
        consequences.rule,
        consequences.action,
        consequences.amount,
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        ranking.total,
        ranking.rank,
        ranking.grade,
        consequences.cycles
    from marts.consequences as consequences
    inner join marts.ranking as ranking
        on consequences.cycle = ranking.cycle
        and consequences.subject = ranking.subject
    where consequences.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by
        consequences.rule asc,
        ranking.platform asc,
        ranking.layer asc,
        ranking.rank asc nulls last,
        ranking.subject asc
)

select * from final
