-- Who is ranked and graded, who is capped, who has a forced grade. One row per subject.
-- exclude beats incomplete, an ungraded subject stays ungraded; of several caps and
-- forced grades the worst counts, a forced grade before a cap at the same grade
-- (specification, sections 6 and 9).
with gates as (
    select *
    from scoring.gates
    where holds
),

limits as (
    select
        gates.subject,
        gates.gate,
        starts_with(gates.effect, 'grade:') as is_forced,
        grade_rows.grade,
        grade_rows.grade_order
    from gates
    inner join scoring.grade_rows as grade_rows
        on gates.subject = grade_rows.subject
        and trim(substr(gates.effect, strpos(gates.effect, ':') + 1)) = grade_rows.grade
    where starts_with(gates.effect, 'cap:')
        or starts_with(gates.effect, 'grade:')
),

worst as (
    select
        limits.*,
        row_number() over (
            partition by limits.subject
            order by limits.grade_order desc, limits.is_forced desc, limits.gate asc
        ) as place
    from limits
),

barred as (
    select distinct subject
    from gates
    where effect = 'exclude'
),

final as (
    select
        subjects.subject,
        case
            when subjects.status = 'ungraded' then 'ungraded'
            when barred.subject is not null then 'barred'
            when totals.is_incomplete then 'incomplete'
            else 'graded'
        end as status,
        case when worst.is_forced then worst.grade end as forced_grade,
        case when not worst.is_forced then worst.grade_order end as best_order,
        worst.gate as limited_by
    from scoring.subjects as subjects
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join barred on subjects.subject = barred.subject
    left join worst on subjects.subject = worst.subject and worst.place = 1
)

select * from final
