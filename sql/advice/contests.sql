-- Who competes for which grade in which group. One row per graded subject and grade row
-- that applies.
-- As they compete before anything is decided (specification, section 11).
with final as (
    select
        contests.subject,
        contests.row_no,
        contests.grade,
        contests.grade_order,
        contests.is_last,
        contests.pool,
        contests.part,
        grades.min_score,
        contests.seats
    from scoring.contests as contests
    inner join staging.grades as grades on contests.row_no = grades.row_no
    where contests.status = 'graded'
)

select * from final
