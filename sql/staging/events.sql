-- Bonus, deduction and other events of the cycle. One row per event.
-- The subject is given by id or unambiguous name, the type by id or name of an
-- adjustment (specification, section 7).
with events as (
    select *
    from raw.events
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

types as (
    select
        name,
        min(type) as type
    from staging.adjustments
    where name is not null
        and name not in (select type from staging.adjustments)
    group by name
    having count(distinct type) = 1
),

final as (
    select
        coalesce(subjects.subject, names.subject, events.subject) as subject,
        events.date,
        coalesce(types.type, events.type) as type,
        events.points,
        events.reason,
        events.document,
        (select max(cycle) from run.cycle) as cycle,
        events._upload,
        events._sheet,
        events._row,
        events._column,
        events._wide
    from events
    left join staging.subjects as subjects on events.subject = subjects.subject
    left join staging.names as names on events.subject = names.name
    left join types on events.type = types.name
)

select * from final
