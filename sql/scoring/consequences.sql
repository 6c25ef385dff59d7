-- Which consequences hold for whom. One row per subject and rule that holds.
-- Suggestions: a person decides.
-- consecutive: the grades of the last `years` cycles including this one are all in the
-- list; within:M: at least `years` of the last M are; a cycle without a grade is
-- missing (specification, section 12).
with rules as (
    select
        *,
        case
            when starts_with(mode, 'within:')
                then try_cast(trim(substr(mode, 8)) as integer)
            else years
        end as span
    from scoring.consequence_rows
),

cycle_grades as (
    select subject, cycle, grade
    from staging.past_grades
    union all
    select
        subject,
        (select max(cycle) from run.cycle) as cycle,
        grade
    from scoring.grades
    where grade is not null
),

choices as (
    select
        row_no,
        trim(unnest(string_split(grades, '+'))) as grade
    from staging.consequences
),

met as (
    select
        rules.subject,
        rules.row_no,
        cycle_grades.cycle
    from rules
    inner join cycle_grades
        on rules.subject = cycle_grades.subject
        and cycle_grades.cycle > (select max(cycle) from run.cycle) - rules.span
    inner join choices
        on rules.row_no = choices.row_no
        and cycle_grades.grade = choices.grade
),

final as (
    select
        rules.subject,
        rules.rule,
        rules.action,
        rules.amount,
        string_agg(cast(met.cycle as varchar), ';' order by met.cycle) as cycles
    from rules
    inner join met
        on rules.subject = met.subject
        and rules.row_no = met.row_no
    group by
        rules.subject, rules.row_no, rules.rule, rules.action, rules.amount, rules.years
    having count(*) >= rules.years
)

select * from final
