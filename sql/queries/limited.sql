-- Whom a gate keeps from a grade that its total would have had. One row per subject and
-- gate of $cycle and $kind; null: all kinds.
-- lost is the best grade whose line the total reaches; blank where it reaches none that
-- is better than its own.
with chances as (
    select *
    from marts.chances
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and limited_by != ''
),

gates as (
    select
        subject,
        gate,
        max(effect) as effect,
        max(note) as note
    from marts.gates
    where cycle = $cycle
    group by subject, gate
),

final as (
    select
        chances.kind,
        chances.subject,
        chances.name,
        chances.limited_by as gate,
        gates.effect,
        gates.note,
        max(chances.total) as total,
        max(chances.grade) filter (where chances.outcome = 'got') as grade,
        arg_min(chances.grade, chances.grade_order) filter (
            where chances.outcome in ('capped', 'forced') and chances.gap <= 0
        ) as lost,
        max(choices.decided_grade) as decided_grade,
        max(choices.authority) as authority,
        max(choices.reason) as decision_reason
    from chances
    left join gates
        on chances.subject = gates.subject
        and chances.limited_by = gates.gate
    left join marts.choices as choices
        on choices.cycle = $cycle
        and chances.subject = choices.subject
    group by all
    order by chances.kind asc, total desc, chances.subject asc
)

select * from final
