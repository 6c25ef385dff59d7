-- Bonus and deduction by event type. One row per subject and declared event type that
-- applies and occurred.
-- The sum of |points|, a blank being the default, at most the type's cap
-- (specification, section 7).
with final as (
    select
        subjects.subject,
        adjustments.row_no,
        adjustments.type,
        adjustments.name,
        adjustments.sign,
        adjustments.cap,
        count(*) as event_count,
        sum(abs(coalesce(events.points, adjustments.points, 0))) as uncapped,
        cast(
            least(
                sum(abs(coalesce(events.points, adjustments.points, 0))),
                coalesce(
                    adjustments.cap,
                    sum(abs(coalesce(events.points, adjustments.points, 0)))
                )
            ) as decimal(38, 9)
        ) as amount
    from scoring.subjects as subjects
    inner join staging.events as events on subjects.subject = events.subject
    inner join scoring.adjustment_rows as adjustments
        on subjects.subject = adjustments.subject
        and events.type = adjustments.type
    group by
        subjects.subject,
        adjustments.row_no,
        adjustments.type,
        adjustments.name,
        adjustments.sign,
        adjustments.cap
)

select * from final
