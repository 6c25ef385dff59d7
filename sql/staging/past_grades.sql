-- The grade of each earlier cycle. One row per subject and cycle that had a grade.
-- Only cycles before this one count; a missing cycle has no row (specification,
-- sections 8 and 12).
with history as (
    select *
    from staging.history
    where cycle < (select max(cycle) from run.cycle)
        and grade is not null
),

final as (
    select
        subject,
        cycle,
        max(grade) as grade
    from history
    group by subject, cycle
)

select * from final
