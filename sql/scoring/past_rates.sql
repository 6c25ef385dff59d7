-- Mean rate of a metric's options over earlier cycles. One row per subject and
-- past_rate metric with data.
-- The options' rates are added per cycle; the mean is over those of the previous N
-- cycles that have any (specification, section 8).
with metrics as (
    select *
    from staging.metrics
    where kind = 'past_rate'
),

rates as (
    select
        metrics.metric,
        history.subject,
        history.cycle,
        sum(history.rate) as rate
    from metrics
    inner join staging.metric_choices as choices on metrics.metric = choices.metric
    inner join staging.history as history
        on choices.poll = history.poll
        and choices.choice = history.answer
    where history.rate is not null
        and history.cycle < (select max(cycle) from run.cycle)
        and history.cycle >= (select max(cycle) from run.cycle) - metrics.cycles
    group by metrics.metric, history.subject, history.cycle
),

final as (
    select
        rates.subject,
        rates.metric,
        divide(sum(rates.rate), count(*)) as rate
    from rates
    inner join scoring.subjects as subjects on rates.subject = subjects.subject
    group by rates.subject, rates.metric
)

select * from final
