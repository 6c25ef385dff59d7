-- Grade quotas: seats and who took them. One row per kind, grade row and pool, and
-- below it one per apportioned part.
-- Columns of the specification, section 13; `over` is what border=include took beyond
-- the seats. fair is what the share (of a part: the largest remainder's proportion)
-- gives before rounding; is_rounded_up says that the fraction won a seat.
with members as (
    select
        pools.kind,
        pools.row_no,
        pools.pool,
        pools.part,
        grades.subject,
        coalesce(grades.has_seat, false) as has_seat
    from scoring.pools as pools
    left join scoring.grades as grades
        on pools.subject = grades.subject
        and pools.row_no = grades.row_no
),

pool_taken as (
    select
        kind,
        row_no,
        pool,
        count(subject) as taken,
        count(*) filter (where has_seat) as seats_taken
    from members
    group by kind, row_no, pool
),

part_taken as (
    select
        kind,
        row_no,
        pool,
        part,
        count(subject) as taken,
        count(*) filter (where has_seat) as seats_taken
    from members
    where part is not null
    group by kind, row_no, pool, part
),

rows as (
    select
        seats.kind,
        seats.row_no,
        seats.pool,
        '' as part,
        seats.headcount,
        seats.share,
        settle9(cast(seats.share as decimal(18, 9)) * seats.headcount) as fair,
        seats.seats,
        pool_taken.taken,
        greatest(
            pool_taken.seats_taken - coalesce(seats.seats, pool_taken.seats_taken), 0
        ) as over
    from scoring.seats as seats
    inner join pool_taken
        on seats.kind = pool_taken.kind
        and seats.row_no = pool_taken.row_no
        and seats.pool = pool_taken.pool
    union all
    select
        part_seats.kind,
        part_seats.row_no,
        part_seats.pool,
        part_seats.part,
        part_seats.headcount,
        part_seats.share,
        settle9(part_seats.fair_seats) as fair,
        part_seats.seats,
        part_taken.taken,
        greatest(
            part_taken.seats_taken - coalesce(part_seats.seats, part_taken.seats_taken),
            0
        ) as over
    from scoring.part_seats as part_seats
    inner join part_taken
        on part_seats.kind = part_taken.kind
        and part_seats.row_no = part_taken.row_no
        and part_seats.pool = part_taken.pool
        and part_seats.part = part_taken.part
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        rows.kind,
        grades.grade,
        coalesce(grades.applies, '') as applies,
        rows.pool,
        rows.part,
        rows.headcount,
        rows.share,
        rows.seats,
        rows.taken,
        rows.over,
        grades.grade_order,
        grades.rounding,
        rows.fair,
        rows.seats > floor(rows.fair) as is_rounded_up
    from rows
    inner join staging.grades as grades on rows.row_no = grades.row_no
)

select * from final
