-- What came of the stages of a selection. One row per post, person and stage.
-- As uploaded; what the requirements make of it is worked out on demand.
with final as (
    select
        stage_results.cycle,
        stage_results.post,
        stage_results.subject,
        coalesce(subjects.name, stage_results.subject) as name,
        stage_results.stage,
        coalesce(stage_results.result, '') as result,
        stage_results.day,
        stage_results.score,
        stage_results.entitled,
        stage_results.present,
        stage_results.agreed,
        coalesce(stage_results.assigned, '') as assigned,
        coalesce(stage_results.reason, '') as reason
    from staging.stage_results as stage_results
    left join staging.subjects as subjects on stage_results.subject = subjects.subject
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
