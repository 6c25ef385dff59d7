-- The conditions of gates that decide something. One row per subject and gate row.
-- `number` is the threshold, NULL where it is no number; `grade` and `grade_order` are
-- what a cap or a forced grade means to the subject (specification, section 9).
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
        gate_rows.row_no,
        gate_rows.gate,
        coalesce(gates.applies, '') as applies,
        gate_rows.metric,
        gate_rows.op,
        settle9(as_number(gate_rows.threshold)) as number,
        effects.effect,
        gate_rows.holds,
        grade_rows.grade,
        grade_rows.grade_order
    from scoring.gate_rows as gate_rows
    inner join staging.gates as gates on gate_rows.row_no = gates.row_no
    inner join effects on gate_rows.gate = effects.gate
    left join scoring.grade_rows as grade_rows
        on gate_rows.subject = grade_rows.subject
        and trim(substr(effects.effect, strpos(effects.effect, ':') + 1))
        = grade_rows.grade
    where effects.effect = 'exclude'
        or starts_with(effects.effect, 'cap:')
        or starts_with(effects.effect, 'grade:')
)

select * from final
