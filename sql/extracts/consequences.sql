-- The extract `consequences`. One row per subject and rule that holds.
-- Columns of the specification, section 13; subjects in the order of the ranking.
with consequences as (
    select *
    from marts.consequences
),

final as (
    select
        consequences.cycle,
        consequences.subject,
        consequences.rule,
        consequences.action,
        consequences.amount,
        consequences.cycles
    from consequences
    inner join marts.ranking as ranking
        on consequences.cycle = ranking.cycle
        and consequences.subject = ranking.subject
    order by
        ranking.cycle,
        case ranking.kind
            when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4
        end,
        ranking.platform,
        ranking.layer,
        ranking.rank nulls last,
        ranking.subject,
        consequences.rule
)

select * from final
