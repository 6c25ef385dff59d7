-- Who applied or was recommended for which post. One row per person and post.
-- The person is given by id or unambiguous name.
with rows_of_cycle as (
    select *
    from raw.applications
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        coalesce(subjects.subject, names.subject, rows_of_cycle.subject) as subject,
        rows_of_cycle.post,
        rows_of_cycle.choice,
        rows_of_cycle.channel,
        rows_of_cycle.signers,
        rows_of_cycle.preference,
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
