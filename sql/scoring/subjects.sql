-- The subjects that this pass scores, with their parent's result. One row per subject
-- that takes part.
-- A parent of the same or a later kind, or an excluded one, gives neither total nor
-- grade (specification, section 1).
with subjects as (
    select *
    from staging.subjects
    where status != 'excluded'
        and kind in (select kind from run.kinds)
),

parents as (
    select
        parents.subject,
        subjects.kind_order,
        parents.total,
        parents.grade
    from run.parents as parents
    inner join staging.subjects as subjects on parents.subject = subjects.subject
),

final as (
    select
        subjects.cycle,
        subjects.subject,
        subjects.name,
        subjects.kind,
        subjects.kind_order,
        subjects.parent,
        subjects.platform,
        subjects.layer,
        subjects.status,
        cast(
            dense_rank()
                over (order by subjects.kind_order, subjects.platform, subjects.layer)
            as integer
        ) as cohort_no,
        parents.total as parent_total,
        parents.grade as parent_grade
    from subjects
    left join parents
        on subjects.parent = parents.subject
        and subjects.kind_order > parents.kind_order
)

select * from final
