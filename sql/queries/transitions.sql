-- From an earlier grade to this year's. One row per pair of grades of $earlier and
-- $cycle.
-- Blank: no grade in that year. A cycle built here beats a row of the history. $kind,
-- $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
),

chosen as (
    select *
    from ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

built as (
    select
        subject,
        grade
    from ranking
    where cycle = $earlier
),

told as (
    select
        history.subject,
        history.grade
    from marts.history as history
    left join built on history.subject = built.subject
    where history.cycle = $cycle
        and history.past_cycle = $earlier
        and built.subject is null
),

previous as (
    select *
    from built
    union all
    select *
    from told
),

final as (
    select
        coalesce(previous.grade, '') as previous_grade,
        coalesce(chosen.grade, '') as grade,
        count(*) as subject_count
    from chosen
    inner join previous on chosen.subject = previous.subject
    group by all
    order by previous_grade, grade
)

select * from final
