-- The options of polls that gates and tie-breaks count. One row per metric and option.
-- Options without points are no valid votes (specification, sections 5 and 8).
with metrics as (
    select distinct
        metric,
        poll
    from staging.metric_choices
    where kind in ('rate', 'votes', 'attendee_rate')
),

final as (
    select
        metrics.metric,
        options.option,
        options.points,
        choices.choice is not null as is_chosen
    from metrics
    inner join staging.poll_options as options on metrics.poll = options.poll
    left join staging.metric_choices as choices
        on metrics.metric = choices.metric
        and options.option = choices.choice
)

select * from final
