-- The ledger: bonus, deduction and other events. One row per event of a subject that
-- takes part.
-- `points` are signed and before the cap of the type; blank where no adjustment of the
-- scheme counts the type for this subject (specification, section 7).
with final as (
    select
        subjects.cycle,
        subjects.subject,
        events.date,
        events.type,
        coalesce(adjustments.name, events.type) as name,
        adjustments.sign,
        case
            when adjustments.sign = '-'
                then -abs(coalesce(events.points, adjustments.points, 0))
            when adjustments.sign = '+'
                then abs(coalesce(events.points, adjustments.points, 0))
        end as points,
        coalesce(events.reason, '') as reason,
        coalesce(events.document, '') as document
    from staging.events as events
    inner join scoring.subjects as subjects on events.subject = subjects.subject
    left join scoring.adjustment_rows as adjustments
        on subjects.subject = adjustments.subject
        and events.type = adjustments.type
)

select * from final
