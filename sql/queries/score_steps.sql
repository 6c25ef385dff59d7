-- What a score was made of, in reading order. One row per step of $subject.
-- From the total of $cycle down.
with final as (
    select * exclude (cycle, subject)
    from marts.score_steps
    where cycle = $cycle
        and subject = $subject
    order by path
)

select * from final
