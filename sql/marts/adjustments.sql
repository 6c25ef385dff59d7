-- Bonus and deduction by event type. One row per subject and declared event type that
-- occurred.
-- `uncapped` is the sum of the events, `amount` what the type's cap leaves of it
-- (specification, section 7).
with final as (
    select
        subjects.cycle,
        adjustment_sums.subject,
        adjustment_sums.type,
        coalesce(adjustment_sums.name, adjustment_sums.type) as name,
        adjustment_sums.sign,
        adjustment_sums.event_count as events,
        cast(adjustment_sums.uncapped as decimal(38, 9)) as uncapped,
        adjustment_sums.amount,
        adjustment_sums.cap
    from scoring.adjustment_sums as adjustment_sums
    inner join scoring.subjects as subjects
        on adjustment_sums.subject = subjects.subject
)

select * from final
