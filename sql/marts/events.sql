-- The ledger: bonus, deduction and other events. One row per event of a subject that
-- takes part.
-- `points` are signed and before the cap of the type; blank where no adjustment of the
-- scheme counts the type for this subject (specification, section 7).
with adjustments as (
    select
        applicable.profile,
        adjustments.type,
        adjustments.name,
        adjustments.sign,
        adjustments.points
    from scoring.applicable as applicable
    inner join staging.adjustments as adjustments
        on applicable.scheme_table = 'adjustments'
        and applicable.row_no = adjustments.row_no
),

final as (
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
    inner join scoring.profiles as profiles on subjects.subject = profiles.subject
    left join adjustments
        on profiles.profile = adjustments.profile
        and events.type = adjustments.type
)

select * from final
