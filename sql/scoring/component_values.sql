-- Values given for a component itself. One row per subject and component with source
-- `value` that has one.
-- The last of the result rows whose indicator is the component's id, clipped to 0-100
-- (specification, section 6).
with results as (
    select
        results.subject,
        results.indicator as component,
        arg_max(results.value, periods.period_no) as value
    from staging.results as results
    inner join staging.periods as periods on results.period = periods.period
    where results.value is not null
        and results.indicator in (select component from staging.components)
    group by results.subject, results.indicator
),

final as (
    select
        results.subject,
        results.component,
        results.value,
        as_score(greatest(least(results.value, 100), 0)) as score
    from results
    inner join scoring.profiles as profiles on results.subject = profiles.subject
    inner join scoring.tree as tree
        on profiles.profile = tree.profile
        and results.component = tree.component
        and tree.fed_by = 'value'
)

select * from final
