-- How many cycles in a row had one of a metric's grades. One row per subject with
-- earlier grades and streak metric.
-- Counted backwards from the previous cycle; a missing cycle ends it (specification,
-- section 8).
with metrics as (
    select metric
    from staging.metrics
    where kind = 'streak'
),

subjects as (
    select distinct past_grades.subject
    from staging.past_grades as past_grades
    inner join scoring.subjects as subjects on past_grades.subject = subjects.subject
),

good_cycles as (
    select
        choices.metric,
        past_grades.subject,
        past_grades.cycle,
        row_number()
            over (
                partition by choices.metric, past_grades.subject
                order by past_grades.cycle desc
            )
            as place
    from staging.past_grades as past_grades
    inner join staging.metric_choices as choices
        on choices.kind = 'streak'
        and past_grades.grade = choices.choice
),

unbroken as (
    select
        metric,
        subject,
        count(*) as years
    from good_cycles
    where cycle + place = (select max(cycle) from run.cycle)
    group by metric, subject
),

final as (
    select
        subjects.subject,
        metrics.metric,
        coalesce(unbroken.years, 0) as years
    from subjects
    cross join metrics
    left join unbroken
        on subjects.subject = unbroken.subject
        and metrics.metric = unbroken.metric
)

select * from final
