-- Schedule against actual, period by period. One row per subject, indicator and period
-- with a value.
-- Only indicators with several periods. `done` and `planned` run up to the period where
-- the indicator adds its periods up, else they are the period's own; without any plan
-- the target is spread evenly, as `progress` does (specification, section 4). `ratio`
-- is done of planned, blank where nothing was planned yet.
with periods as (
    select
        periods.subject,
        periods.row_no,
        periods.period_no,
        periods.value,
        periods.plan,
        indicators.indicator,
        indicators.name,
        indicators.method,
        indicators.periods = 'sum' as is_added,
        indicator_values.target,
        row_number() over so_far as place,
        count(*) over whole as period_count,
        count(periods.plan) over whole as plan_count,
        sum(periods.value) over so_far as value_sum,
        sum(periods.plan) over so_far as plan_sum
    from scoring.indicator_periods as periods
    inner join staging.indicators as indicators on periods.row_no = indicators.row_no
    left join scoring.indicator_values as indicator_values
        on periods.subject = indicator_values.subject
        and periods.row_no = indicator_values.row_no
    window
        whole as (partition by periods.subject, periods.row_no),
        so_far as (
            partition by periods.subject, periods.row_no
            order by periods.period_no
            rows between unbounded preceding and current row
        )
),

cumulated as (
    select
        periods.*,
        case when is_added then value_sum else value end as done,
        case
            when plan_count = 0 and method = 'progress'
                then divide(target * place, period_count)
            when is_added then plan_sum
            else plan
        end as planned
    from periods
    where period_count > 1
),

final as (
    select
        subjects.cycle,
        cumulated.subject,
        cumulated.indicator,
        coalesce(cumulated.name, cumulated.indicator) as name,
        cumulated.period_no,
        names.period,
        settle9(cumulated.value) as value,
        settle9(cumulated.plan) as plan,
        settle9(cumulated.done) as done,
        settle9(cumulated.planned) as planned,
        settle9(divide(settle9(cumulated.done), settle9(cumulated.planned))) as ratio
    from cumulated
    inner join scoring.subjects as subjects on cumulated.subject = subjects.subject
    inner join staging.periods as names on cumulated.period_no = names.period_no
)

select * from final
