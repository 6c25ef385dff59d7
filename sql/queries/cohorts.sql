-- What a page can be asked about. One row per cycle, kind, platform and layer.
-- Excluded subjects take no part and make no cohort (specification, section 1).
with ranking as (
    select *
    from marts.ranking
),

counted as (
    select
        cycle,
        kind,
        coalesce(platform, '') as platform,
        coalesce(layer, '') as layer,
        count(*) as subject_count
    from ranking
    group by all
),

final as (
    select *
    from counted
    order by
        cycle desc,
        list_position(['unit', 'team', 'person', 'candidate'], kind),
        platform asc,
        layer asc
)

select * from final
