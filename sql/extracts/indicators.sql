-- The extract `indicators`. One row per subject and indicator that applies.
-- Columns of the specification, section 13; subjects in the order of the ranking.
with indicators as (
    select *
    from marts.indicators
),

final as (
    select
        indicators.cycle,
        indicators.subject,
        indicators.indicator,
        indicators.value,
        indicators.target,
        indicators.score
    from indicators
    inner join marts.ranking as ranking
        on indicators.cycle = ranking.cycle
        and indicators.subject = ranking.subject
    order by
        ranking.cycle,
        case ranking.kind
            when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4
        end,
        ranking.platform,
        ranking.layer,
        ranking.rank nulls last,
        ranking.subject,
        indicators.indicator
)

select * from final
