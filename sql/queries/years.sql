-- How subjects fared year by year. One row per subject and year up to $cycle.
-- A cycle built here can be traced and beats a row of the history.
-- $subject, $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
),

chosen as (
    select
        subject,
        name,
        kind,
        platform,
        layer
    from ranking
    where cycle = $cycle
        and ($subject::varchar is null or subject = $subject)
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

built as (
    select
        subject,
        cycle,
        total,
        rank,
        cohort_size,
        grade,
        platform,
        layer,
        true as is_built
    from ranking
    where cycle <= $cycle
),

told as (
    select
        history.subject,
        history.past_cycle as cycle,
        history.total,
        history.rank,
        history.cohort_size,
        history.grade,
        null as platform,
        null as layer,
        false as is_built
    from marts.history as history
    left join
        built
        on history.subject = built.subject and history.past_cycle = built.cycle
    where history.cycle = $cycle
        and built.subject is null
),

together as (
    select *
    from built
    union all
    select *
    from told
),

final as (
    select
        chosen.subject,
        chosen.name,
        chosen.kind,
        together.cycle,
        together.total,
        together.rank,
        together.cohort_size,
        case
            when together.rank is not null and together.cohort_size is not null
                then coalesce(
                        divide(
                            together.cohort_size - together.rank,
                            together.cohort_size - 1
                        ),
                        1
                    )
        end as percentile,
        together.grade,
        together.is_built
        and (
            coalesce(together.platform, '') != coalesce(chosen.platform, '')
            or coalesce(together.layer, '') != coalesce(chosen.layer, '')
        ) as is_other_cohort,
        together.is_built
    from chosen
    inner join together on chosen.subject = together.subject
    order by chosen.subject, together.cycle
)

select * from final
