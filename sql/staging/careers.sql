-- What is known of careers. One row per person and appointment.
-- The person is given by id or unambiguous name; rows of strangers are kept as written
-- and told by a check.
with rows_of_cycle as (
    select *
    from raw.careers
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        coalesce(subjects.subject, names.subject, rows_of_cycle.subject) as subject,
        rows_of_cycle.started,
        rows_of_cycle.ended,
        rows_of_cycle.unit,
        rows_of_cycle.post,
        rows_of_cycle.level,
        rows_of_cycle.move,
        rows_of_cycle.route,
        rows_of_cycle.experience,
        rows_of_cycle._upload,
        rows_of_cycle._sheet,
        rows_of_cycle._row,
        rows_of_cycle._column,
        rows_of_cycle._wide
    from rows_of_cycle
    left join staging.subjects as subjects
        on rows_of_cycle.subject = subjects.subject
    left join staging.names as names on rows_of_cycle.subject = names.name
)

select * from final
