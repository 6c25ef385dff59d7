-- The indicators that can be followed over the years. One row per indicator with values
-- in two built cycles or more up to $cycle.
-- The name is that of the latest cycle. $kind, $platform and $layer narrow it; null:
-- all of them.
with ranking as (
    select
        cycle,
        subject
    from marts.ranking
    where cycle <= $cycle
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

indicators as (
    select
        marts_indicators.cycle,
        marts_indicators.indicator,
        marts_indicators.subject
    from marts.indicators as marts_indicators
    inner join ranking
        on marts_indicators.cycle = ranking.cycle
        and marts_indicators.subject = ranking.subject
    where marts_indicators.value is not null
),

names as (
    select
        id as indicator,
        arg_max(name, cycle) as name
    from marts.score_steps
    where step = 'indicator'
        and cycle <= $cycle
    group by id
),

final as (
    select
        indicators.indicator,
        coalesce(max(names.name), indicators.indicator) as name,
        min(indicators.cycle) as first_cycle,
        max(indicators.cycle) as last_cycle,
        count(distinct indicators.cycle) as cycle_count
    from indicators
    left join names on indicators.indicator = names.indicator
    group by indicators.indicator
    having count(distinct indicators.cycle) > 1
        and max(indicators.cycle) = $cycle
    order by indicators.indicator
)

select * from final
