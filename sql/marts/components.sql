-- Component scores. One row per subject and component that applies, with or without a
-- score.
-- Columns of the specification, section 13; the score is blank where it would give
-- ballots away.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        component_scores.component,
        case when hidden.reason is null then settle_score(component_scores.score) end
            as score,
        settle_score(component_shares.share) as share,
        settle_score(component_scores.coverage) as coverage
    from scoring.component_scores as component_scores
    inner join scoring.subjects as subjects
        on component_scores.subject = subjects.subject
    inner join scoring.component_shares as component_shares
        on component_scores.subject = component_shares.subject
        and component_scores.component = component_shares.component
    left join run.hidden as hidden
        on hidden.step = 'component'
        and component_scores.subject = hidden.subject
        and component_scores.component = hidden.id
)

select * from final
