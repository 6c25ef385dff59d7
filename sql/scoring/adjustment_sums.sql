-- Bonus and deduction by event type. One row per subject and declared event type that
-- applies and occurred.
-- The sum of |points|, a blank being the default, at most the type's cap
-- (specification, section 7).
with adjustments as (
    select
        applicable.profile,
        adjustments.*
    from scoring.applicable as applicable
    inner join staging.adjustments as adjustments
        on applicable.scheme_table = 'adjustments'
        and applicable.row_no = adjustments.row_no
),

final as (
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
    inner join scoring.profiles as profiles on subjects.subject = profiles.subject
    inner join staging.events as events on subjects.subject = events.subject
    inner join adjustments
        on profiles.profile = adjustments.profile
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
