-- The filling of grades, from the best down. One row per graded subject and step; the
-- last step holds the outcome.
-- Candidates of a pool or part are taken in order while seats last; those capped below
-- the grade, with a forced grade or under `min_score` are passed over. Tied candidates
-- of whom only some fit are a border: `border` decides (specification, section 11).
with recursive orders as (
    select
        grade_order,
        row_number() over (order by grade_order) as step
    from (select distinct grade_order from staging.grades)
),

candidates as (
    select
        contests.subject,
        orders.step,
        contests.kind,
        contests.row_no,
        contests.grade,
        contests.is_last,
        contests.pool,
        contests.part,
        standings.standing,
        contests.seats,
        not(
            coalesce(statuses.best_order > contests.grade_order, false)
            or coalesce(standings.total < grades.min_score, false)
        ) as may_take
    from scoring.contests as contests
    inner join orders on contests.grade_order = orders.grade_order
    inner join staging.grades as grades on contests.row_no = grades.row_no
    inner join scoring.standings as standings on contests.subject = standings.subject
    inner join scoring.statuses as statuses on contests.subject = statuses.subject
    where statuses.forced_grade is null
),

steps as (
    select
        cast(0 as bigint) as step,
        standings.subject,
        statuses.forced_grade as grade,
        cast(null as integer) as row_no,
        cast(null as varchar) as border_grade,
        false as has_seat
    from scoring.standings as standings
    inner join scoring.statuses as statuses on standings.subject = statuses.subject
    union all
    (
        with open_candidates as (
            select
                candidates.*,
                candidates.may_take and not candidates.is_last as competes
            from steps
            inner join candidates
                on steps.subject = candidates.subject
                and steps.step + 1 = candidates.step
            where steps.grade is null
        ),

        counted as (
            select
                *,
                count(*) filter (where competes) over (
                    partition by row_no, kind, pool, part
                    order by standing
                    range between unbounded preceding and current row
                ) as through_tie,
                count(*) filter (where competes) over (
                    partition by row_no, kind, pool, part, standing
                ) as tied
            from open_candidates
        ),

        decided as (
            select
                counted.*,
                competes
                and (
                    seats is null
                    or through_tie <= seats
                    or (through_tie - tied < seats and settings.border = 'include')
                ) as takes_seat,
                competes
                and through_tie - tied < seats
                and through_tie > seats as at_border
            from counted
            cross join staging.settings as settings
        )

        select
            steps.step + 1 as step,
            steps.subject,
            case
                when decided.is_last or decided.takes_seat then decided.grade
                else steps.grade
            end as grade,
            case
                when decided.is_last or decided.takes_seat then decided.row_no
                else steps.row_no
            end as row_no,
            case when decided.at_border then decided.grade end as border_grade,
            coalesce(decided.takes_seat, steps.has_seat) as has_seat
        from steps
        left join decided on steps.subject = decided.subject
        where steps.step < (select max(step) from orders)
    )
),

final as (
    select * from steps
)

select * from final
