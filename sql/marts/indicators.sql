-- Indicator scores. One row per subject and indicator that applies, with or without a
-- score.
-- Columns of the specification, section 13; target is what the value was measured
-- against.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        indicator_scores.indicator,
        indicator_scores.value,
        indicator_scores.target,
        settle9(indicator_scores.score) as score
    from scoring.indicator_scores as indicator_scores
    inner join scoring.subjects as subjects
        on indicator_scores.subject = subjects.subject
)

select * from final
