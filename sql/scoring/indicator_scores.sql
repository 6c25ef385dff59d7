-- The score of every indicator that applies. One row per subject and indicator; the
-- score may be NULL.
-- One branch per method, clipped to [floor, cap], then rounded; without data and
-- `missing=zero` it is 0 (specification, section 4).
with indicator_values as (
    select *
    from scoring.indicator_values
),

steps as (
    select
        indicator_values.subject,
        indicator_values.row_no,
        indicator_values.method,
        arg_max(steps.score, steps.threshold) as step_score,
        max(steps.threshold) as threshold,
        arg_max(steps.next_score, steps.threshold) filter (
            where steps.next_threshold is not null
        ) as next_score,
        max(steps.next_threshold) as next_threshold
    from indicator_values
    inner join staging.indicator_steps as steps
        on indicator_values.row_no = steps.row_no
        and indicator_values.value >= steps.threshold
    group by indicator_values.subject, indicator_values.row_no, indicator_values.method
),

first_steps as (
    select
        row_no,
        arg_min(score, threshold) as first_score
    from staging.indicator_steps
    group by row_no
),

last_steps as (
    select
        row_no,
        max(threshold) as last_threshold
    from staging.indicator_steps
    group by row_no
),

raw_scores as (
    select
        indicator_values.*,
        indicators.floor,
        indicators.cap,
        indicators.round,
        indicators.missing,
        case indicator_values.method
            when
                'points'
                then divide(100 * indicator_values.value, indicators.full_points)
            when 'ratio'
                then
                    case
                        when indicator_values.target is null then null
                        when indicators.dir = 'up'
                            then coalesce(
                                    divide(
                                        100 * indicator_values.value,
                                        indicator_values.target
                                    ),
                                    indicators.cap
                                )
                        else coalesce(
                                divide(
                                    100 * indicator_values.target,
                                    indicator_values.value
                                ),
                                indicators.cap
                            )
                    end
            when 'linear'
                then
                    divide(
                        100 * (indicator_values.value - indicators.worst),
                        indicators.best - indicators.worst
                    )
            when 'steps' then coalesce(steps.step_score, indicators.floor)
            when 'interp'
                then
                    case
                        when steps.step_score is null then first_steps.first_score
                        when
                            steps.threshold = last_steps.last_threshold
                            then steps.step_score
                        else
                            steps.step_score
                            + divide(
                                cast(
                                    steps.next_score
                                    - steps.step_score as decimal(18, 9)
                                )
                                * cast(
                                    indicator_values.value
                                    - steps.threshold as decimal(20, 9)
                                ),
                                steps.next_threshold - steps.threshold
                            )
                    end
            when 'minmax'
                then
                    case
                        when statistics.greatest = statistics.least then 100
                        else
                            indicators.lo + weighted(
                                100 - indicators.lo,
                                divide(
                                    case
                                        when
                                            indicators.dir = 'down'
                                            then statistics.greatest
                                                - indicator_values.value
                                        else indicator_values.value - statistics.least
                                    end,
                                    statistics.greatest - statistics.least
                                )
                            )
                    end
            when 'rank'
                then
                    case
                        when statistics.value_count = 1 then 100
                        else
                            indicators.lo + divide(
                                cast(100 - indicators.lo as decimal(18, 9))
                                * (statistics.value_count - ranks.place),
                                statistics.value_count - 1
                            )
                    end
            when 'zscore'
                then
                    case
                        when coalesce(
                                settle9(
                                    cast(statistics.deviation_share as decimal(20, 15))
                                    * cast(
                                        statistics.greatest
                                        - statistics.least as decimal(22, 9)
                                    )
                                ),
                                0
                            ) = 0 then indicators.mid
                        else
                            indicators.mid + weighted(
                                case
                                    when
                                        indicators.dir = 'down'
                                        then -indicators.spread
                                    else indicators.spread
                                end,
                                divide(
                                    1000000000 * cast(
                                        divide(
                                            indicator_values.value - statistics.least,
                                            statistics.greatest - statistics.least
                                        ) - statistics.mean_share as decimal(28, 18)
                                    ),
                                    1000000000
                                    * cast(
                                        statistics.deviation_share as decimal(28, 18)
                                    )
                                )
                            )
                    end
            when
                'deduct'
                then 100
                    - as_score(
                        cast(indicators.each as decimal(18, 9))
                        * cast(indicator_values.value as decimal(20, 9))
                    )
            when 'yesno' then 100 * as_score(indicator_values.value)
            when 'progress' then
                100 * (
                    weighted(
                        1 - indicators.balance,
                        least(progress.completion, divide(indicators.cap, 100))
                    )
                    + weighted(indicators.balance, progress.balance)
                )
        end as raw_score
    from indicator_values
    inner join staging.indicators as indicators
        on indicator_values.row_no = indicators.row_no
    left join steps
        on indicator_values.subject = steps.subject
        and indicator_values.row_no = steps.row_no
    left join first_steps on indicator_values.row_no = first_steps.row_no
    left join last_steps on indicator_values.row_no = last_steps.row_no
    left join scoring.cohort_statistics as statistics
        on indicator_values.cohort_no = statistics.cohort_no
        and indicator_values.row_no = statistics.row_no
    left join scoring.cohort_ranks as ranks
        on indicator_values.subject = ranks.subject
        and indicator_values.row_no = ranks.row_no
    left join scoring.progress as progress
        on indicator_values.subject = progress.subject
        and indicator_values.row_no = progress.row_no
),

scored as (
    select
        *,
        value is not null and raw_score is not null as has_data,
        rounded(greatest(least(as_score(raw_score), cap), floor), round) as own_score
    from raw_scores
),

final as (
    select
        subject,
        row_no,
        indicator,
        component,
        value,
        target,
        has_data,
        case
            when has_data then own_score
            when missing = 'zero' then as_score(0)
        end as score
    from scored
)

select * from final
