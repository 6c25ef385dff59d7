-- What each subject competes for, and the seats there are. One row per subject and
-- grade row that applies.
-- The seats are those of the part where the pool is split (`part`, else blank), NULL
-- without a limit (specification, section 11). `may_take` is whether gates and
-- `min_score` let a graded subject take one.
with final as (
    select
        pools.subject,
        pools.kind,
        pools.row_no,
        pools.grade,
        pools.grade_order,
        pools.is_last,
        pools.pool,
        coalesce(pools.part, '') as part,
        pools.status,
        case when pools.part is null then seats.seats else part_seats.seats end
            as seats,
        case
            when pools.part is null then seats.contest_no else part_seats.contest_no
        end as contest_no,
        standings.standing,
        not(
            pools.is_last
            or coalesce(standings.best_order > pools.grade_order, false)
            or coalesce(standings.total < grades.min_score, false)
        ) as may_take
    from scoring.pools as pools
    inner join scoring.seats as seats
        on pools.kind = seats.kind
        and pools.row_no = seats.row_no
        and pools.pool = seats.pool
    inner join staging.grades as grades on pools.row_no = grades.row_no
    left join scoring.standings as standings on pools.subject = standings.subject
    left join scoring.part_seats as part_seats
        on pools.kind = part_seats.kind
        and pools.row_no = part_seats.row_no
        and pools.pool = part_seats.pool
        and pools.part = part_seats.part
)

select * from final
