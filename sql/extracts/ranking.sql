-- The extract `ranking`. One row per subject that takes part.
-- Columns and row order of the specification, section 13: unranked last.
with ranking as (
    select *
    from marts.ranking
),

final as (
    select
        cycle,
        kind,
        platform,
        layer,
        subject,
        name,
        status,
        base,
        bonus,
        deduction,
        total,
        coverage,
        rank,
        cohort_size,
        grade,
        flags
    from ranking
    order by
        cycle,
        case kind when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4 end,
        platform,
        layer,
        rank nulls last,
        subject
)

select * from final
