-- The order of all graded subjects of a kind. One row per graded subject; equal
-- standing is a tie that survives.
-- Official total descending, then each tie-break in order (specification, section 10).
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
        subjects.kind,
        subjects.cohort_no,
        totals.total,
        dense_rank() over (
            partition by subjects.kind
            order by totals.total desc, places.tiebreak_places asc
        ) as standing
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join places on subjects.subject = places.subject
    where statuses.status = 'graded'
)

select * from final
