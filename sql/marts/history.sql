-- Results of earlier cycles as uploaded. One row per subject and earlier cycle; `cycle`
-- is the cycle being scored.
-- Only subjects of this cycle; past poll rates are not among them (specification,
-- section 1).
with final as (
    select
        subjects.cycle,
        history.cycle as past_cycle,
        history.subject,
        max(history.total) as total,
        max(history.rank) as rank,
        max(history.cohort_size) as cohort_size,
        max(history.grade) as grade
    from staging.history as history
    inner join scoring.subjects as subjects on history.subject = subjects.subject
    where history.cycle < subjects.cycle
        and history.poll is null
    group by subjects.cycle, history.cycle, history.subject
)

select * from final
