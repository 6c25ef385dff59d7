-- How the grades fall. One row per platform, layer and grade of $cycle.
-- A blank grade is no grade. $kind, $platform and $layer narrow it; null: all.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

final as (
    select
        coalesce(platform, '') as platform,
        coalesce(layer, '') as layer,
        coalesce(grade, '') as grade,
        count(*) as subject_count
    from ranking
    group by all
    order by platform, layer, grade
)

select * from final
