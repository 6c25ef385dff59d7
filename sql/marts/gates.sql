-- The register of gates. One row per subject and gate row that applies.
-- Shows value, threshold and whether it holds; an unknown metric never holds
-- (specification, section 9).
with final as (
    select
        subjects.cycle,
        gate_rows.subject,
        gate_rows.gate,
        gate_rows.metric,
        case
            when gate_rows.number is not null then plain(gate_rows.number)
            else gate_rows.text
        end as value,
        gate_rows.op,
        gate_rows.threshold,
        gate_rows.holds,
        gate_rows.is_unknown,
        gates.holds as gate_holds,
        coalesce(gates.effect, 'flag') as effect,
        coalesce(gate_rows.note, '') as note
    from scoring.gate_rows as gate_rows
    inner join scoring.subjects as subjects on gate_rows.subject = subjects.subject
    inner join scoring.gates as gates
        on gate_rows.subject = gates.subject
        and gate_rows.gate = gates.gate
)

select * from final
