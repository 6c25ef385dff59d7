-- One subject beside its cohort. One row for $subject in $cycle, or none.
-- cohort_mean, cohort_min and cohort_max are of the ranked totals of the cohort.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
),

subjects as (
    select *
    from marts.subjects
    where cycle = $cycle
),

cohort as (
    select
        kind,
        platform,
        layer,
        divide(sum(total), count(total)) as cohort_mean,
        min(total) as cohort_min,
        max(total) as cohort_max
    from ranking
    where rank is not null
    group by kind, platform, layer
),

final as (
    select
        ranking.kind,
        ranking.platform,
        ranking.layer,
        ranking.subject,
        ranking.name,
        subjects.parent,
        parents.name as parent_name,
        parents.status != 'excluded' as has_parent_page,
        ranking.status,
        ranking.rank,
        ranking.cohort_size,
        ranking.total,
        ranking.base,
        ranking.bonus,
        ranking.deduction,
        ranking.coverage,
        ranking.grade,
        choices.decided_grade,
        choices.authority,
        choices.reason as decision_reason,
        ranking.flags,
        cohort.cohort_mean,
        cohort.cohort_min,
        cohort.cohort_max
    from ranking
    inner join subjects on ranking.subject = subjects.subject
    left join subjects as parents on subjects.parent = parents.subject
    left join marts.choices as choices
        on ranking.cycle = choices.cycle
        and ranking.subject = choices.subject
    left join cohort
        on ranking.kind = cohort.kind
        and coalesce(ranking.platform, '') = coalesce(cohort.platform, '')
        and coalesce(ranking.layer, '') = coalesce(cohort.layer, '')
    where ranking.subject = $subject
)

select * from final
