-- What totals are made of. One row per subject of $cycle and root component.
-- points = score times effective share; a component without a score has none.
-- $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

roots as (
    select
        subject,
        id,
        name,
        weight,
        score,
        share
    from marts.score_steps
    where cycle = $cycle
        and step = 'component'
        and depth = 2
),

final as (
    select
        roots.subject,
        roots.id as component,
        coalesce(roots.name, roots.id) as name,
        roots.weight,
        roots.score,
        settle9(roots.score * roots.share) as points
    from roots
    inner join ranking on roots.subject = ranking.subject
    order by roots.subject, roots.id
)

select * from final
