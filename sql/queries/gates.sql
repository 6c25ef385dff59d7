-- The gates that a subject met. One row per gate row that applies to $subject.
-- condition is the gate row as one text, margin how far a number is from making the row
-- hold: below 0 it is past the threshold. Of $cycle.
with gates as (
    select
        *,
        as_number(value) as number,
        as_number(threshold) as bound
    from marts.gates
    where cycle = $cycle
        and subject = $subject
),

final as (
    select
        gate,
        metric || ' ' || op || ' ' || coalesce(threshold, '') as condition,
        metric,
        value,
        op,
        threshold,
        case
            when op in ('>', '>=') then bound - number
            when op in ('<', '<=') then number - bound
        end as margin,
        holds,
        is_unknown,
        effect,
        note
    from gates
    order by gate, metric
)

select * from final
