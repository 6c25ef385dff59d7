-- Whom the rows of $subjects can move in a cycle. One row per subject, those included.
-- All of a cohort and all of the pool of a grade stand or fall together, and with a
-- child of theirs where the scheme asks for the parent's score or grade. Of a pool
-- only kind, platform and layer are looked at: what else tells pools apart makes them
-- smaller.
with recursive subjects as (
    select
        subject,
        parent,
        kind,
        platform,
        layer
    from marts.subjects
    where cycle = $cycle
),

rules as (
    select *
    from marts.rules
    where cycle = $cycle
),

pools as (
    select string_split(replace(value, ' ', ''), '+') as keys
    from rules
    where "table" = 'grades'
        and "column" = 'pool'
        and value != 'cohort'
    union
    select ['platform', 'layer'] as keys
),

members as (
    select
        subjects.subject,
        pools.keys,
        subjects.kind,
        case when list_contains(pools.keys, 'platform') then subjects.platform end
            as platform,
        case when list_contains(pools.keys, 'layer') then subjects.layer end as layer
    from subjects
    cross join pools
),

sizes as (
    select
        keys,
        kind,
        platform,
        layer,
        cast(row_number() over () as integer) as pool_no
    from members
    group by keys, kind, platform, layer
),

numbered as (
    select
        members.subject,
        sizes.pool_no
    from members
    inner join sizes
        on members.keys = sizes.keys
        and members.kind = sizes.kind
        and members.platform is not distinct from sizes.platform
        and members.layer is not distinct from sizes.layer
),

moved as (
    select
        subject,
        subject as other
    from subjects
    union all
    select
        parent as subject,
        subject as other
    from subjects
    where parent is not null
        and exists (
            select 1 from rules
            where contains(id, 'parent_grade')
                or contains(value, 'parent_grade')
                or ("table" = 'components' and "column" = 'source' and value = 'parent')
        )
),

steps as (
    select
        numbered.pool_no,
        others.pool_no as next_no
    from numbered
    inner join moved on numbered.subject = moved.subject
    inner join numbered as others on moved.other = others.subject
    group by numbered.pool_no, others.pool_no
),

reached as (
    select numbered.pool_no
    from numbered
    inner join (select unnest($subjects) as subject) as named
        on numbered.subject = named.subject
    union
    select steps.next_no as pool_no
    from reached
    inner join steps on reached.pool_no = steps.pool_no
),

final as (
    select numbered.subject
    from numbered
    inner join reached on numbered.pool_no = reached.pool_no
    union
    select unnest($subjects) as subject
)

select * from final
