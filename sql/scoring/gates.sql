-- What each gate decided. One row per subject and gate that applies.
-- All rows that apply must hold; the effect stands on any row of the gate
-- (specification, section 9).
with effects as (
    select
        gate,
        max(effect) as effect
    from staging.gates
    group by gate
),

final as (
    select
        gate_rows.subject,
        gate_rows.gate,
        max(effects.effect) as effect,
        bool_and(gate_rows.holds) as holds,
        bool_or(gate_rows.is_unknown) as is_unknown
    from scoring.gate_rows as gate_rows
    left join effects on gate_rows.gate = effects.gate
    group by gate_rows.subject, gate_rows.gate
)

select * from final
