-- What registers hold in the cycle. One row per entry and mention of it.
-- The kind is given by id or name; somebody who is not on the roster stays as written,
-- since a register may speak of anybody.
with entries as (
    select *
    from raw.registers
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

kinds as (
    select
        name,
        min(register) as register
    from staging.register_kinds
    where name not in (select register from staging.register_kinds)
    group by name
    having count(*) = 1
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        coalesce(kinds.register, entries.register) as register,
        entries.entry,
        coalesce(subjects.subject, names.subject, entries.subject) as subject,
        entries.matter,
        entries.owner,
        entries.opened,
        entries.due,
        entries.closed,
        entries.stage,
        entries.planned,
        entries.done,
        entries.document,
        entries._upload,
        entries._sheet,
        entries._row,
        entries._column,
        entries._wide
    from entries
    left join kinds on entries.register = kinds.name
    left join staging.subjects as subjects on entries.subject = subjects.subject
    left join staging.names as names on entries.subject = names.name
)

select * from final
