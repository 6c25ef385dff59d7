-- Where each tie-break puts a subject among all. One row per tie-break and graded
-- subject.
-- Descending unless said; unknown last either way (specification, section 10).
with tiebreaks as (
    select *
    from staging.tiebreaks
),

graded as (
    select subject
    from scoring.statuses
    where status = 'graded'
),

final as (
    select
        graded.subject,
        tiebreaks.tiebreak_order,
        tiebreaks.row_no,
        dense_rank() over (
            partition by tiebreaks.row_no
            order by
                metrics.subject is null,
                case
                    when tiebreaks.direction = 'desc' then -metrics.number else
                        metrics.number
                end nulls last,
                case when tiebreaks.direction = 'asc' then metrics.text end nulls last,
                case
                    when tiebreaks.direction = 'desc' then metrics.text
                end desc nulls last
        ) as place
    from graded
    cross join tiebreaks
    left join scoring.metrics as metrics
        on graded.subject = metrics.subject
        and tiebreaks.metric = metrics.metric
)

select * from final
