-- What each graded subject could get, and what came of it. One row per graded subject
-- and grade row that applies.
-- place counts the pool's (part's) graded subjects from the top; line is the lowest
-- total that took a seat, gap = line - total. outcome: got, better (it has a better
-- grade), forced (a gate gave another one), capped (a gate keeps it below), low (under
-- min_score), tied (only some of its tie fitted), no_seat (specification, section 11).
with candidates as (
    select
        contests.kind,
        contests.row_no,
        contests.grade,
        contests.grade_order,
        contests.is_last,
        contests.pool,
        contests.part,
        contests.subject,
        standings.standing,
        standings.total,
        statuses.limited_by,
        statuses.forced_grade,
        statuses.best_order,
        rules.min_score,
        grades.grade as own_grade,
        grades.row_no as own_row_no,
        grades.row_no = contests.row_no and grades.has_seat as is_seated,
        contests.seats
    from scoring.contests as contests
    inner join scoring.standings as standings on contests.subject = standings.subject
    inner join scoring.statuses as statuses on contests.subject = statuses.subject
    inner join scoring.grades as grades on contests.subject = grades.subject
    inner join staging.grades as rules on contests.row_no = rules.row_no
),

own_orders as (
    select
        candidates.subject,
        min(candidates.grade_order) as own_order
    from candidates
    where candidates.grade = candidates.own_grade
    group by candidates.subject
),

borders as (
    select distinct
        subject,
        border_grade
    from scoring.filled
    where border_grade is not null
),

counted as (
    select
        candidates.*,
        rank() over (
            partition by
                candidates.kind, candidates.row_no, candidates.pool, candidates.part
            order by candidates.standing
        ) as place,
        count(*) filter (where candidates.is_seated) over (
            partition by
                candidates.kind, candidates.row_no, candidates.pool, candidates.part
        ) as taken,
        min(candidates.total) filter (where candidates.is_seated) over (
            partition by
                candidates.kind, candidates.row_no, candidates.pool, candidates.part
        ) as line
    from candidates
),

final as (
    select
        subjects.cycle,
        counted.kind,
        counted.subject,
        coalesce(subjects.name, '') as name,
        counted.grade,
        counted.grade_order,
        counted.pool,
        counted.part,
        counted.place,
        counted.seats,
        counted.taken,
        counted.total,
        counted.line,
        counted.line - counted.total as gap,
        counted.min_score,
        counted.is_last,
        case
            when counted.grade = counted.own_grade then 'got'
            when counted.forced_grade is not null then 'forced'
            when own_orders.own_order < counted.grade_order then 'better'
            when counted.best_order > counted.grade_order then 'capped'
            when counted.total < counted.min_score then 'low'
            when borders.subject is not null then 'tied'
            else 'no_seat'
        end as outcome,
        coalesce(counted.limited_by, '') as limited_by
    from counted
    inner join scoring.subjects as subjects on counted.subject = subjects.subject
    left join own_orders on counted.subject = own_orders.subject
    left join borders
        on counted.subject = borders.subject
        and counted.grade = borders.border_grade
)

select * from final
