-- Who competes for which grade in which group. One row per graded subject and grade row
-- that applies.
-- `seats` are those of the part where the pool is split, NULL without a limit
-- (specification, section 11).
with final as (
    select
        pools.subject,
        pools.row_no,
        pools.grade,
        pools.grade_order,
        pools.is_last,
        pools.pool,
        coalesce(pools.part, '') as part,
        grades.min_score,
        case when pools.part is null then seats.seats else part_seats.seats end
            as seats
    from scoring.pools as pools
    inner join staging.grades as grades on pools.row_no = grades.row_no
    inner join scoring.seats as seats
        on pools.kind = seats.kind
        and pools.row_no = seats.row_no
        and pools.pool = seats.pool
    left join scoring.part_seats as part_seats
        on pools.kind = part_seats.kind
        and pools.row_no = part_seats.row_no
        and pools.pool = part_seats.pool
        and pools.part = part_seats.part
    where pools.status = 'graded'
)

select * from final
