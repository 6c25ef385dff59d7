-- Everybody who takes part, as the advice re-scores them. One row per subject.
-- `declared` is the status before gates and coverage, `status` the one they gave
-- (specification, sections 6, 7, 9, 10).
with final as (
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
        totals.total,
        totals.coverage,
        ranks.rank,
        grades.grade
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join scoring.ranks as ranks on subjects.subject = ranks.subject
    left join scoring.grades as grades on subjects.subject = grades.subject
)

select * from final
