-- What is known about subjects besides their place. One row per subject and attribute.
-- `size` is the number of subjects of the parent, `place` the order in the roster
-- (specification, sections 2 and 8).
with attributes as (
    select
        attributes.subject,
        attributes.attribute,
        attributes.value,
        attributes.is_number
    from staging.attributes as attributes
    inner join scoring.subjects as subjects on attributes.subject = subjects.subject
),

sizes as (
    select
        kind,
        parent,
        count(*) as size
    from scoring.subjects
    where parent is not null
    group by kind, parent
),

places as (
    select
        roster.subject,
        row_number() over (
            partition by subjects.kind, subjects.parent
            order by roster._upload, roster._sheet, roster._row, roster.subject
        ) as place
    from staging.subjects as roster
    inner join scoring.subjects as subjects on roster.subject = subjects.subject
),

final as (
    select
        subject,
        attribute,
        value,
        is_number
    from attributes
    union all
    select
        subjects.subject,
        '_size' as attribute,
        cast(sizes.size as varchar) as value,
        true as is_number
    from scoring.subjects as subjects
    inner join sizes
        on subjects.kind = sizes.kind
        and subjects.parent = sizes.parent
    union all
    select
        subject,
        '_place' as attribute,
        cast(place as varchar) as value,
        true as is_number
    from places
)

select * from final
