-- The gates that $subject met in $cycle. One row per gate row that applies to it.
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
