-- Gates with a grade that the subject cannot get. One row per gate row.
-- The grade needs a row that applies to the subject; who gets no grade at all is not
-- meant. One subject stands as example (specification, section 9).
with effects as (
    select
        subject,
        gate,
        trim(substr(effect, strpos(effect, ':') + 1)) as grade
    from scoring.gates
    where starts_with(effect, 'cap:')
        or starts_with(effect, 'grade:')
),

graded as (
    select distinct subject
    from scoring.grade_rows
),

lacking as (
    select
        effects.gate,
        min(effects.subject) as subject
    from effects
    left join scoring.grade_rows as grade_rows
        on effects.subject = grade_rows.subject
        and effects.grade = grade_rows.grade
    where grade_rows.grade is null
        and effects.subject in (select subject from graded)
    group by effects.gate
),

final as (
    select
        'gates' as _table,
        gates._upload,
        gates._sheet,
        gates._row,
        gates._column,
        'effect' as _of,
        gates.effect as found,
        gates.gate,
        lacking.subject
    from lacking
    inner join staging.gates as gates on lacking.gate = gates.gate
    where gates.effect is not null
)

select * from final
