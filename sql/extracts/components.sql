-- The extract `components`. One row per subject and component that applies.
-- Columns of the specification, section 13; subjects in the order of the ranking.
with components as (
    select *
    from marts.components
),

final as (
    select
        components.cycle,
        components.subject,
        components.component,
        components.score,
        components.share,
        components.coverage
    from components
    inner join marts.ranking as ranking
        on components.cycle = ranking.cycle
        and components.subject = ranking.subject
    order by
        ranking.cycle,
        case ranking.kind
            when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4
        end,
        ranking.platform,
        ranking.layer,
        ranking.rank nulls last,
        ranking.subject,
        components.component
)

select * from final
