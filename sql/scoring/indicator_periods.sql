-- The values that an indicator is made of. One row per subject, indicator row and
-- period with a value.
-- A row without a value counts for nothing, its plan neither; yes/no words read as 1 or
-- 0 (specification, section 4).
with results as (
    select *
    from staging.results
    where answer is not null
),

final as (
    select
        profiles.subject,
        indicators.row_no,
        indicators.indicator,
        periods.period_no,
        case
            when indicators.method != 'yesno' then results.value
            when
                lower(results.answer) in ('1', 'yes', 'y', 'true', '是', '有', '√')
                then 1
            else 0
        end as value,
        results.plan
    from results
    inner join scoring.profiles as profiles on results.subject = profiles.subject
    inner join scoring.indicator_rows as indicators
        on profiles.profile = indicators.profile
        and results.indicator = indicators.indicator
    inner join staging.periods as periods on results.period = periods.period
    where indicators.method = 'yesno'
        or results.value is not null
)

select * from final
