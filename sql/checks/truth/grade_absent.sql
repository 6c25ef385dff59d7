-- Graded subjects without a grade. One row per such subject.
-- The last grade takes whom no better one did (specification, section 11).
with graded as (
    select subject
    from scoring.statuses
    where status = 'graded'
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        graded.subject as found
    from graded
    left join scoring.grades as grades on graded.subject = grades.subject
    where grades.grade is null
        and graded.subject in (select subject from scoring.grade_rows)
)

select * from final
