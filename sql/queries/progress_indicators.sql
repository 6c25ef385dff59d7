-- The indicators that are followed period by period. One row per indicator of $cycle.
-- $kind null: all kinds. Those with a plan come first.
with final as (
    select
        progress.indicator,
        min(progress.name) as name,
        count(progress.planned) > 0 as has_plan,
        count(distinct progress.period_no) as periods
    from marts.progress as progress
    inner join marts.ranking as ranking
        on progress.cycle = ranking.cycle
        and progress.subject = ranking.subject
    where progress.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
    group by progress.indicator
    order by has_plan desc, progress.indicator asc
)

select * from final
