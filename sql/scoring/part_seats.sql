-- How a pool's seats are split over its parts. One row per kind, grade row, pool and
-- part.
-- Largest remainder on the parts' headcounts; equal remainders (settled at 9): larger
-- part first, then code point order (specification, section 11). The negative
-- `contest_no` is none of a pool.
with sizes as (
    select
        pools.kind,
        pools.row_no,
        pools.pool,
        pools.part,
        count(*) filter (
            where pools.status = 'graded' or settings.headcount = 'participants'
        ) as headcount
    from scoring.pools as pools
    cross join staging.settings as settings
    where pools.part is not null
    group by pools.kind, pools.row_no, pools.pool, pools.part
),

fair as (
    select
        sizes.*,
        seats.share,
        seats.seats as pool_seats,
        coalesce(divide(seats.seats * sizes.headcount, seats.headcount), 0)
            as fair_seats,
        (seats.seats * sizes.headcount) // nullif(seats.headcount, 0) as whole_seats
    from sizes
    inner join scoring.seats as seats
        on sizes.kind = seats.kind
        and sizes.row_no = seats.row_no
        and sizes.pool = seats.pool
),

ordered as (
    select
        fair.*,
        settle9(fair_seats - coalesce(whole_seats, 0)) as remainder,
        pool_seats
        - sum(coalesce(whole_seats, 0))
            over (partition by kind, row_no, pool)
            as seats_left,
        row_number() over (
            partition by kind, row_no, pool
            order by
                settle9(fair_seats - coalesce(whole_seats, 0)) desc,
                headcount desc,
                part asc
        ) as place
    from fair
),

final as (
    select
        kind,
        row_no,
        pool,
        part,
        -row_number() over (order by kind, row_no, pool, part) as contest_no,
        headcount,
        share,
        fair_seats,
        remainder,
        cast(
            case
                when pool_seats is null then null
                else coalesce(whole_seats, 0)
                    + case when place <= seats_left then 1 else 0 end
            end as bigint
        ) as seats
    from ordered
)

select * from final
