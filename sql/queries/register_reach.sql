-- How many a register of $cycle reached. One row per kind and layer it speaks of.
-- The share is of subjects, not of entries: somebody trained twice is one person
-- (TRN-04).
with reached as (
    select
        subject,
        count(*) filter (where cycle = $cycle) as entries
    from marts.registers
    where register = $register
        and cycle between $cycle - 1 and $cycle
    group by subject
),

subjects as (
    select
        subjects.kind,
        subjects.layer,
        subjects.subject,
        coalesce(reached.entries, 0) as entries,
        reached.subject is not null as is_within_two
    from marts.subjects as subjects
    left join reached on subjects.subject = reached.subject
    where subjects.cycle = $cycle
),

final as (
    select
        kind,
        layer,
        count(*) as people,
        cast(sum(entries) as bigint) as entries,
        count(*) filter (where entries > 0) as reached_count,
        settle9(divide(count(*) filter (where entries > 0), count(*))) as reach_rate,
        settle9(divide(count(*) filter (where is_within_two), count(*)))
            as two_year_rate
    from subjects
    where kind in (
            select kind from subjects
            where is_within_two
        )
    group by kind, layer
    order by kind asc, layer asc
)

select * from final
