-- Schedule against actual. One row per subject and period of $indicator in $cycle.
-- `is_behind`: less is done than was planned by then. $kind, $platform and $layer
-- narrow it; null: all of them.
with final as (
    select
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        progress.period_no,
        progress.period,
        progress.value,
        progress.plan,
        progress.done,
        progress.planned,
        progress.ratio,
        progress.done < progress.planned as is_behind
    from marts.progress as progress
    inner join marts.ranking as ranking
        on progress.cycle = ranking.cycle
        and progress.subject = ranking.subject
    where progress.cycle = $cycle
        and progress.indicator = $indicator
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by ranking.platform, ranking.layer, ranking.subject, progress.period_no
)

select * from final
