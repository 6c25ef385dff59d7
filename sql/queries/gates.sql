-- The gates that $subject met in $cycle. One row per gate row that applies to it.
with final as (
    select * exclude (cycle, subject)
    from marts.gates
    where cycle = $cycle
        and subject = $subject
    order by gate, metric
)

select * from final
