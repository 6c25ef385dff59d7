-- The extract `quotas`. One row per kind, grade row and pool, and below it one per
-- apportioned part.
-- Columns and row order of the specification, section 13.
with quotas as (
    select *
    from marts.quotas
),

final as (
    select
        cycle,
        kind,
        grade,
        applies,
        pool,
        part,
        headcount,
        share,
        seats,
        taken,
        over
    from quotas
    order by
        cycle,
        case kind when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4 end,
        grade_order,
        grade,
        applies,
        pool,
        part
)

select * from final
