-- The order of all graded subjects of a kind. One row per graded subject; equal
-- standing is a tie that survives.
-- Official total descending, then each tie-break in order (specification, section 10).
-- Each pair of total and tie-break is put in order once, whoever has it: the sort
-- has few and narrow rows.
with lists as (
    select
        subject,
        list(place order by tiebreak_order, row_no) as tiebreak_places
    from scoring.tiebreak_places
    group by subject
),

places as (
    select
        subject,
        dense_rank() over (order by tiebreak_places) as place
    from lists
),

graded as (
    select
        subjects.subject,
        subjects.kind,
        subjects.cohort_no,
        statuses.forced_grade,
        statuses.best_order,
        totals.total,
        coalesce(places.place, 0) as place
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join places on subjects.subject = places.subject
    where statuses.status = 'graded'
),

results as (
    select distinct
        kind,
        total,
        place
    from graded
),

ordered as (
    select
        *,
        row_number() over (partition by kind order by total desc, place asc) as standing
    from results
),

final as (
    select
        graded.subject,
        graded.kind,
        graded.cohort_no,
        graded.total,
        graded.forced_grade,
        graded.best_order,
        ordered.standing
    from graded
    inner join ordered
        on graded.kind = ordered.kind
        and graded.total = ordered.total
        and graded.place = ordered.place
)

select * from final
