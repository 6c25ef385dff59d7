-- The filling of grades, from the best down. One row per graded subject and step until
-- it has a grade.
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
        contests.row_no,
        contests.grade,
        contests.is_last,
        contests.contest_no,
        contests.standing,
        contests.seats,
        contests.may_take
    from scoring.contests as contests
    inner join orders on contests.grade_order = orders.grade_order
),

steps as (
    select
        cast(0 as bigint) as step,
        subject,
        forced_grade as grade,
        cast(null as integer) as row_no,
        cast(null as varchar) as border_grade,
        false as has_seat
    from scoring.standings
    union all
    (
        with next_candidates as (
            select *
            from candidates
            where step = (select max(step) + 1 from steps)
        ),

        open_candidates as (
            select
                steps.subject,
                steps.step + 1 as step,
                candidates.row_no,
                candidates.grade,
                candidates.contest_no,
                candidates.standing,
                candidates.seats,
                coalesce(candidates.is_last, false) as is_last,
                coalesce(candidates.may_take, false) as competes
            from steps
            left join next_candidates as candidates
                on steps.subject = candidates.subject
            where steps.grade is null
                and steps.step < (select max(step) from orders)
        ),

        counted as (
            select
                open_candidates.*,
                count(*) over (
                    partition by contest_no
                    order by standing
                    range between unbounded preceding and current row
                ) as through_tie,
                count(*) over (
                    partition by contest_no
                    order by standing
                    range between current row and current row
                ) as tied
            from open_candidates
            where competes
        ),

        decided as (
            select
                counted.step,
                counted.subject,
                counted.grade,
                counted.row_no,
                seats is null
                or through_tie <= seats
                or (through_tie - tied < seats and settings.border = 'include')
                    as takes_seat,
                coalesce(through_tie - tied < seats and through_tie > seats, false)
                    as at_border
            from counted
            cross join staging.settings as settings
        )

        select
            step,
            subject,
            case when takes_seat then grade end as grade,
            case when takes_seat then row_no end as row_no,
            case when at_border then grade end as border_grade,
            takes_seat as has_seat
        from decided
        union all
        select
            step,
            subject,
            case when is_last then grade end as grade,
            case when is_last then row_no end as row_no,
            cast(null as varchar) as border_grade,
            false as has_seat
        from open_candidates
        where not competes
    )
),

final as (
    select * from steps
)

select * from final
