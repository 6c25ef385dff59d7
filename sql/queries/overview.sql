-- The state of a cycle and of those before it. One row per built cycle to $cycle.
-- coverage_rate is the mean share of the weight that has data behind it
-- (specification, section 6). $kind, $platform and $layer narrow it; null: all.
with ranking as (
    select *
    from marts.ranking
    where cycle <= $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

final as (
    select
        cycle,
        count(*) as subject_count,
        count(rank) as ranked_count,
        count(*) filter (where grade is not null) as graded_count,
        count(*) filter (where status = 'incomplete') as incomplete_count,
        count(*) filter (where status = 'barred') as barred_count,
        count(*) filter (where status = 'ungraded') as ungraded_count,
        divide(sum(total), count(total)) as total_mean,
        divide(sum(coverage), count(coverage)) as coverage_rate,
        count(*) filter (where coverage < 1) as partial_count
    from ranking
    group by cycle
    order by cycle
)

select * from final
