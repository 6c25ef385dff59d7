-- Indicator results of the cycle. One row per subject, indicator and period as
-- uploaded, ids for names.
-- `value` is the number, `answer` what was written (yes/no indicators read words;
-- specification, section 4).
with results as (
    select *
    from raw.results
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        coalesce(subjects.subject, names.subject, results.subject) as subject,
        coalesce(measured.id, results.indicator) as indicator,
        coalesce(results.period, '') as period,
        as_number(results.value) as value,
        results.value as answer,
        results.plan,
        results._upload,
        results._sheet,
        results._row,
        results._column,
        results._wide
    from results
    left join staging.subjects as subjects on results.subject = subjects.subject
    left join staging.names as names on results.subject = names.name
    left join staging.measured as measured on results.indicator = measured.written
)

select * from final
