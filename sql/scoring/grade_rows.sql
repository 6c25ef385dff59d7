-- The grades that a subject can get. One row per subject and grade row that applies.
-- The greatest order that applies is the subject's last grade (specification, section
-- 11).
with final as (
    select
        profiles.subject,
        grades.row_no,
        grades.grade,
        grades.grade_order,
        grades.grade_order
        = max(grades.grade_order) over (partition by profiles.subject) as is_last
    from scoring.profiles as profiles
    inner join scoring.applicable as applicable
        on profiles.profile = applicable.profile
        and applicable.scheme_table = 'grades'
    inner join staging.grades as grades on applicable.row_no = grades.row_no
)

select * from final
