-- One subject's steps against its cohort. One row per component, indicator and poll
-- item of $subject in $cycle that has a score.
-- The mean is over the ranked subjects of the cohort whose same step is shown; what is
-- suppressed is in no mean. points = (score - mean) * share: what the step brings to
-- the total beyond an average one.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
),

steps as (
    select *
    from marts.score_steps
    where cycle = $cycle
        and step in ('component', 'indicator', 'poll_item')
        and score is not null
),

own as (
    select *
    from ranking
    where subject = $subject
),

cohort as (
    select ranking.subject
    from ranking
    inner join own
        on ranking.kind = own.kind
        and coalesce(ranking.platform, '') = coalesce(own.platform, '')
        and coalesce(ranking.layer, '') = coalesce(own.layer, '')
    where ranking.rank is not null
),

means as (
    select
        steps.path,
        steps.step,
        steps.id,
        divide(sum(steps.score), count(*)) as score_mean,
        min(steps.score) as score_min,
        max(steps.score) as score_max,
        count(*) as subject_count
    from steps
    inner join cohort on steps.subject = cohort.subject
    group by steps.path, steps.step, steps.id
),

final as (
    select
        steps.path,
        steps.depth,
        steps.step,
        steps.id,
        coalesce(steps.name, steps.id) as name,
        steps.weight,
        steps.score,
        means.score_mean,
        means.score_min,
        means.score_max,
        means.subject_count,
        settle9((steps.score - means.score_mean) * steps.share) as points
    from steps
    inner join means
        on steps.path = means.path
        and steps.step = means.step
        and steps.id = means.id
    where steps.subject = $subject
    order by steps.path
)

select * from final
