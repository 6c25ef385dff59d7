-- The indicators behind the components. One row per subject and indicator that applies
-- to a component.
-- Without a score too; `weight` is that of the indicator (specification, section 4).
with final as (
    select
        indicator_scores.subject,
        indicator_scores.row_no,
        coalesce(indicators.applies, '') as applies,
        indicator_scores.component,
        indicator_scores.indicator,
        coalesce(indicators.name, indicator_scores.indicator) as name,
        indicators.weight,
        indicator_scores.score,
        indicator_scores.has_data
    from scoring.indicator_scores as indicator_scores
    inner join staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    where indicator_scores.component is not null
)

select * from final
