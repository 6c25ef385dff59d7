-- Everybody who takes part, as the advice re-scores them. One row per subject.
-- `tiebreak` is the official order among all of the kind, best first; the grade row
-- numbers are those of `contests` (specification, sections 7, 9, 10).
with places as (
    select
        subject,
        list(place order by tiebreak_order, row_no) as tiebreak_places
    from scoring.tiebreak_places
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
        statuses.status,
        statuses.forced_grade,
        statuses.best_order,
        totals.base,
        totals.bonus,
        totals.deduction,
        totals.total,
        ranks.rank,
        grades.grade,
        dense_rank() over (
            partition by subjects.kind
            order by places.tiebreak_places
        ) as tiebreak
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join places on subjects.subject = places.subject
    left join scoring.ranks as ranks on subjects.subject = ranks.subject
    left join scoring.grades as grades on subjects.subject = grades.subject
)

select * from final
