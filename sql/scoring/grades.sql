-- The grade of each graded subject. One row per graded subject; `row_no` is the grade
-- row, NULL for a forced grade.
-- The outcome of the last filling step (specification, section 11).
with final as (
    select
        subject,
        grade,
        row_no,
        has_seat
    from scoring.filled
    where grade is not null
        or step = (select max(step) from scoring.filled)
)

select * from final
