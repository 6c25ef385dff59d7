-- Bonus and deduction of $subject in $cycle. One row per event type with events.
with final as (
    select * exclude (cycle, subject)
    from marts.adjustments
    where cycle = $cycle
        and subject = $subject
    order by sign, type
)

select * from final
