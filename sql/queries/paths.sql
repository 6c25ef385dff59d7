-- Where subjects stood year by year. One row per subject of $cycle with a rank in some
-- year up to it.
-- percentiles holds, oldest first, the share of the other ranked subjects of its cohort
-- that stood behind it in each of the last six years; years without a rank are left
-- out. A cycle built here beats a row of the history.
-- $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
    where cycle <= $cycle
        and cycle > $cycle - 6
),

chosen as (
    select subject
    from ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

built as (
    select
        subject,
        cycle,
        rank,
        cohort_size
    from ranking
),

told as (
    select
        history.subject,
        history.past_cycle as cycle,
        history.rank,
        history.cohort_size
    from marts.history as history
    left join built
        on history.subject = built.subject
        and history.past_cycle = built.cycle
    where history.cycle = $cycle
        and history.past_cycle > $cycle - 6
        and built.subject is null
),

together as (
    select *
    from built
    union all
    select *
    from told
),

placed as (
    select
        subject,
        cycle,
        coalesce(divide(cohort_size - rank, cohort_size - 1), 1) as percentile
    from together
    where rank is not null
        and cohort_size is not null
),

final as (
    select
        chosen.subject,
        list(placed.percentile order by placed.cycle) as percentiles
    from chosen
    inner join placed on chosen.subject = placed.subject
    group by chosen.subject
    order by chosen.subject
)

select * from final
