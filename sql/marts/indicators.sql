-- Indicator scores. One row per subject and indicator that applies, with or without a
-- score.
-- Columns of the specification, section 13; target is what the value was measured
-- against. Numbers are blank where they would give ballots away.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        indicator_scores.indicator,
        case when hidden.reason is null then indicator_scores.value end as value,
        case when hidden.reason is null then indicator_scores.target end as target,
        case when hidden.reason is null then settle_score(indicator_scores.score) end
            as score
    from scoring.indicator_scores as indicator_scores
    inner join scoring.subjects as subjects
        on indicator_scores.subject = subjects.subject
    left join run.hidden as hidden
        on hidden.step = 'indicator'
        and indicator_scores.subject = hidden.subject
        and indicator_scores.indicator = hidden.id
)

select * from final
