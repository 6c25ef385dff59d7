-- What came of the stages of a selection. One row per post, person and stage.
-- The person is given by id or unambiguous name, the stage by id or name.
with rows_of_cycle as (
    select *
    from raw.stage_results
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

stages as (
    select
        name,
        min(stage) as stage
    from raw.stages
    where name not in (select stage from raw.stages)
    group by name
    having count(*) = 1
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        coalesce(subjects.subject, names.subject, rows_of_cycle.subject) as subject,
        rows_of_cycle.post,
        coalesce(stages.stage, rows_of_cycle.stage) as stage,
        rows_of_cycle.result,
        rows_of_cycle.day,
        rows_of_cycle.score,
        rows_of_cycle.entitled,
        rows_of_cycle.present,
        rows_of_cycle.agreed,
        rows_of_cycle.assigned,
        rows_of_cycle.reason,
        rows_of_cycle._upload,
        rows_of_cycle._sheet,
        rows_of_cycle._row,
        rows_of_cycle._column,
        rows_of_cycle._wide
    from rows_of_cycle
    left join staging.subjects as subjects
        on rows_of_cycle.subject = subjects.subject
    left join staging.names as names on rows_of_cycle.subject = names.name
    left join stages on rows_of_cycle.stage = stages.name
)

select * from final
