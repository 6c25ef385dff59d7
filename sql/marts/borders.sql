-- The two sides of every quota border. One row per grade, pool, part and subject at the
-- border.
-- taken: the last who got the grade; first_out: the first candidate who did not; tied:
-- only some of a tie fitted, so `border` decided for all of them (specification,
-- section 11).
with candidates as (
    select
        contests.kind,
        contests.row_no,
        contests.grade,
        contests.pool,
        contests.part,
        contests.subject,
        standings.standing,
        standings.total,
        grades.row_no = contests.row_no and grades.has_seat as is_taken,
        filled.subject is not null as is_tied,
        contests.seats
    from scoring.contests as contests
    inner join scoring.standings as standings on contests.subject = standings.subject
    inner join scoring.statuses as statuses on contests.subject = statuses.subject
    inner join scoring.grades as grades on contests.subject = grades.subject
    inner join staging.grades as rules on contests.row_no = rules.row_no
    inner join staging.grades as own_rules on grades.row_no = own_rules.row_no
    left join scoring.filled as filled
        on contests.subject = filled.subject
        and contests.grade = filled.border_grade
    where not contests.is_last
        and statuses.forced_grade is null
        and own_rules.grade_order >= rules.grade_order
        and coalesce(statuses.best_order <= rules.grade_order, true)
        and coalesce(standings.total >= rules.min_score, true)
),

limited as (
    select *
    from candidates
    where seats is not null
),

edges as (
    select
        kind,
        row_no,
        pool,
        part,
        max(standing) filter (where is_taken) as last_in,
        min(standing) filter (where not is_taken) as first_out,
        count(*) filter (where is_taken) as taken
    from limited
    group by kind, row_no, pool, part
    having count(*) filter (where not is_taken) > 0
        or count(*) filter (where is_tied) > 0
),

final as (
    select
        subjects.cycle,
        limited.kind,
        limited.grade,
        limited.pool,
        limited.part,
        limited.subject,
        coalesce(subjects.name, '') as name,
        limited.total,
        limited.seats,
        edges.taken,
        case
            when limited.is_tied then 'tied'
            when limited.is_taken then 'taken'
            else 'first_out'
        end as outcome
    from limited
    inner join edges
        on limited.kind = edges.kind
        and limited.row_no = edges.row_no
        and limited.pool = edges.pool
        and limited.part = edges.part
    inner join scoring.subjects as subjects on limited.subject = subjects.subject
    where limited.is_tied
        or (limited.is_taken and limited.standing = edges.last_in)
        or (not limited.is_taken and limited.standing = edges.first_out)
)

select * from final
