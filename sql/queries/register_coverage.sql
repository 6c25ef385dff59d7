-- Whom a register of $cycle reached. One row per subject of the kinds it speaks of.
-- Entries are person-times, subjects are people; the cycle before makes a window of two
-- years. Those never reached come first (REG-09, TRN-04, INT-02).
with entries as (
    select
        subject,
        cycle,
        is_closed
    from marts.registers
    where register = $register
        and cycle between $cycle - 1 and $cycle
),

reached as (
    select
        subject,
        count(*) filter (where cycle = $cycle) as entries,
        count(*) filter (where cycle = $cycle and is_closed) as closed_entries,
        count(*) filter (where cycle < $cycle) as earlier_entries
    from entries
    group by subject
),

kinds as (
    select distinct subjects.kind
    from marts.subjects as subjects
    inner join reached on subjects.subject = reached.subject
    where subjects.cycle = $cycle
),

final as (
    select
        subjects.kind,
        subjects.platform,
        subjects.layer,
        subjects.subject,
        subjects.name,
        coalesce(reached.entries, 0) as entries,
        coalesce(reached.closed_entries, 0) as closed_entries,
        coalesce(reached.earlier_entries, 0) as earlier_entries
    from marts.subjects as subjects
    left join reached on subjects.subject = reached.subject
    where subjects.cycle = $cycle
        and subjects.kind in (select kind from kinds)
    order by
        coalesce(reached.entries, 0) asc,
        coalesce(reached.earlier_entries, 0) asc,
        subjects.kind asc,
        subjects.subject asc
)

select * from final
