-- Raw value and target of every indicator that applies. One row per subject and
-- indicator.
-- Periods are combined by `periods`; without plans the target is the indicator's own
-- (specification, section 4).
with periods as (
    select *
    from scoring.indicator_periods
),

combined as (
    select
        subject,
        row_no,
        arg_max(value, period_no) as last_value,
        sum(value) as sum_value,
        count(value) as value_count,
        max(value) as max_value,
        min(value) as min_value,
        arg_max(plan, period_no) filter (where plan is not null) as last_plan,
        sum(plan) as sum_plan,
        count(plan) as plan_count,
        max(plan) as max_plan,
        min(plan) as min_plan
    from periods
    group by subject, row_no
),

final as (
    select
        subjects.subject,
        subjects.cohort_no,
        indicators.row_no,
        indicators.indicator,
        indicators.component,
        indicators.method,
        settle9(
            case indicators.periods
                when 'last' then combined.last_value
                when 'sum' then combined.sum_value
                when 'mean' then divide(combined.sum_value, combined.value_count)
                when 'max' then combined.max_value
                when 'min' then combined.min_value
            end
        ) as value,
        settle9(
            case
                when coalesce(combined.plan_count, 0) = 0 then indicators.target
                when indicators.periods = 'last' then combined.last_plan
                when indicators.periods = 'sum' then combined.sum_plan
                when
                    indicators.periods = 'mean'
                    then divide(combined.sum_plan, combined.plan_count)
                when indicators.periods = 'max' then combined.max_plan
                when indicators.periods = 'min' then combined.min_plan
            end
        ) as target
    from scoring.subjects as subjects
    inner join scoring.profiles as profiles on subjects.subject = profiles.subject
    inner join scoring.indicator_rows as indicators
        on profiles.profile = indicators.profile
    left join combined
        on subjects.subject = combined.subject
        and indicators.row_no = combined.row_no
)

select * from final
