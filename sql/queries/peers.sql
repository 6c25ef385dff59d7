-- The totals that a cohort is seen by. One row per subject with a total in $cycle.
-- $kind, $platform and $layer narrow it; null: all of them.
with final as (
    select
        subject,
        name,
        rank,
        total,
        grade
    from marts.ranking
    where cycle = $cycle
        and total is not null
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
    order by total desc, subject asc
)

select * from final
