-- Everybody who takes part, as the advice re-scores them. One row per subject.
-- `declared` is the status before gates and coverage, `status` the one they gave;
-- whole bonus and deduction are those before the caps of the settings
-- (specification, sections 6, 7, 9, 10).
with amounts as (
    select
        subject,
        coalesce(sum(amount) filter (where sign = '+'), 0) as bonus,
        coalesce(sum(amount) filter (where sign = '-'), 0) as deduction
    from scoring.adjustment_sums
    group by subject
),

final as (
    select
        subjects.subject,
        coalesce(subjects.name, '') as name,
        subjects.kind,
        subjects.kind_order,
        subjects.platform,
        subjects.layer,
        subjects.parent,
        subjects.cohort_no,
        subjects.status as declared,
        statuses.status,
        statuses.limited_by,
        totals.base,
        totals.bonus,
        totals.deduction,
        cast(coalesce(amounts.bonus, 0) as decimal(38, 9)) as whole_bonus,
        cast(coalesce(amounts.deduction, 0) as decimal(38, 9)) as whole_deduction,
        totals.total,
        totals.coverage,
        ranks.rank,
        grades.grade
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join amounts on subjects.subject = amounts.subject
    left join scoring.ranks as ranks on subjects.subject = ranks.subject
    left join scoring.grades as grades on subjects.subject = grades.subject
)

select * from final
