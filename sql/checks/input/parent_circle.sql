-- Subjects that belong to themselves by way of parents. One row per circle.
-- The row is that of the circle's first subject in code point order
-- (specification of workbooks, checks on data).
with recursive roster as (
    select
        subject,
        min(parent) as parent
    from staging.subjects
    group by subject
),

paths as (
    select
        subject as start,
        parent,
        subject as path,
        1 as length
    from roster
    where parent is not null
    union all
    select
        paths.start,
        roster.parent,
        paths.path || ' → ' || roster.subject as path,
        paths.length + 1 as length
    from paths
    inner join roster on paths.parent = roster.subject
    where roster.subject > paths.start
        and paths.length < 100
),

circles as (
    select
        start,
        path || ' → ' || start as circle
    from paths
    where parent = start
),

final as (
    select
        'subjects' as _table,
        subjects._upload,
        subjects._sheet,
        subjects._row,
        subjects._column,
        'parent' as _of,
        subjects.parent as found,
        circles.circle
    from circles
    inner join staging.subjects as subjects on circles.start = subjects.subject
)

select * from final
