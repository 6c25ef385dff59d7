-- Schedule-balanced completion. One row per subject and progress indicator with a
-- value.
-- completion = A_m / P_m; balance = mean over periods of min(1, A_p / P_p); a ratio
-- whose P_p is 0 or has no plan yet counts 1 (specification, section 4). Without plans
-- P_p = t p / m is never divided out: A_p m / (t p) is exact.
with periods as (
    select
        periods.*,
        indicators.periods as combined_by,
        sum(periods.value) over so_far as value_sum,
        count(periods.value) over so_far as value_count,
        max(periods.value) over so_far as value_max,
        min(periods.value) over so_far as value_min,
        sum(periods.plan) over so_far as plan_sum,
        count(periods.plan) over so_far as plan_count,
        max(periods.plan) over so_far as plan_max,
        min(periods.plan) over so_far as plan_min,
        last_value(periods.plan ignore nulls) over so_far as plan_last,
        row_number() over so_far as period_count
    from scoring.indicator_periods as periods
    inner join staging.indicators as indicators on periods.row_no = indicators.row_no
    where indicators.method = 'progress'
    window so_far as (
        partition by periods.subject, periods.row_no
        order by periods.period_no
        rows between unbounded preceding and current row
    )
),

sizes as (
    select
        subject,
        row_no,
        count(*) as period_count,
        count(plan) as plan_count
    from periods
    group by subject, row_no
),

cumulated as (
    select
        periods.subject,
        periods.row_no,
        periods.period_count,
        sizes.period_count as all_periods,
        case periods.combined_by
            when 'last' then as_score(periods.value)
            when 'sum' then as_score(periods.value_sum)
            when 'mean' then divide(periods.value_sum, periods.value_count)
            when 'max' then as_score(periods.value_max)
            when 'min' then as_score(periods.value_min)
        end as done,
        case
            when
                sizes.plan_count = 0
                then as_score(indicator_values.target * periods.period_count)
            when periods.combined_by = 'last' then as_score(periods.plan_last)
            when periods.combined_by = 'sum' then as_score(periods.plan_sum)
            when
                periods.combined_by = 'mean'
                then divide(periods.plan_sum, periods.plan_count)
            when periods.combined_by = 'max' then as_score(periods.plan_max)
            when periods.combined_by = 'min' then as_score(periods.plan_min)
        end as planned,
        case when sizes.plan_count = 0 then sizes.period_count else 1 end as plan_parts
    from periods
    inner join sizes
        on periods.subject = sizes.subject
        and periods.row_no = sizes.row_no
    inner join scoring.indicator_values as indicator_values
        on periods.subject = indicator_values.subject
        and periods.row_no = indicator_values.row_no
    where indicator_values.target is not null
),

ratios as (
    select
        subject,
        row_no,
        period_count = all_periods as is_last,
        coalesce(divide(settle9(done) * plan_parts, settle9(planned)), 1) as ratio
    from cumulated
),

final as (
    select
        subject,
        row_no,
        max(ratio) filter (where is_last) as completion,
        divide(sum(least(ratio, 1)), count(*)) as balance
    from ratios
    group by subject, row_no
)

select * from final
