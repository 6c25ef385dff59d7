-- The gates that a subject met. One row per gate row that applies to $subject.
-- condition is the gate row as one text. Of $cycle.
with final as (
    select
        gate,
        metric || ' ' || op || ' ' || coalesce(threshold, '') as condition,
        metric,
        value,
        op,
        threshold,
        holds,
        is_unknown,
        effect,
        note
    from marts.gates
    where cycle = $cycle
        and subject = $subject
    order by gate, metric
)

select * from final
