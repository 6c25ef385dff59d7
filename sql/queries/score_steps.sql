-- The steps that a score was made of, from the total down. One row per step of $subject in $cycle, in reading order.
with final as (
    select * exclude (cycle, subject)
    from marts.score_steps
    where cycle = $cycle
        and subject = $subject
    order by path
)

select * from final
