-- The seats of every pool. One row per kind, grade row and pool; seats are NULL where
-- there is no limit.
-- floor, half_up, ceil of share × n; cumulative: what all grades so far may have, less
-- the seats of better grades (specification, section 11). `contest_no` stands for the
-- pool where the long text would be sorted.
with sizes as (
    select
        pools.kind,
        pools.row_no,
        pools.pool,
        count(*) filter (
            where pools.status = 'graded' or settings.headcount = 'participants'
        ) as headcount
    from scoring.pools as pools
    cross join staging.settings as settings
    group by pools.kind, pools.row_no, pools.pool
),

sized as (
    select
        sizes.kind,
        sizes.pool,
        sizes.headcount,
        grades.row_no,
        grades.grade_order,
        grades.share,
        grades.rounding,
        coalesce(grades.applies, '') as applies,
        grades.pool as pool_keys
    from sizes
    inner join staging.grades as grades on sizes.row_no = grades.row_no
),

cumulated as (
    select
        sized.*,
        settle9(cast(share as decimal(18, 9)) * headcount) as fair,
        settle9(
            cast(
                sum(share)
                    over (
                        partition by kind, applies, pool_keys, pool order by grade_order
                    )
                as decimal(18, 9)
            ) * headcount
        ) as fair_so_far
    from sized
),

plain_seats as (
    select
        cumulated.*,
        case rounding
            when 'floor' then floor(fair)
            when 'half_up' then floor(fair + 0.5)
            when 'ceil' then ceil(fair)
            when 'cumulative' then 0
        end as own_seats
    from cumulated
),

prefixed as (
    select
        plain_seats.*,
        sum(coalesce(own_seats, 0)) over best_first as own_so_far,
        sum(coalesce(own_seats, 0)) over best_first
        - coalesce(own_seats, 0) as own_before
    from plain_seats
    window best_first as (
        partition by kind, applies, pool_keys, pool
        order by grade_order
        rows between unbounded preceding and current row
    )
),

lifted as (
    select
        prefixed.*,
        greatest(
            max(
                case
                    when
                        rounding = 'cumulative'
                        then floor(fair_so_far + 0.5) - own_so_far
                    else 0
                end
            ) over (
                partition by kind, applies, pool_keys, pool
                order by grade_order
                rows between unbounded preceding and current row
            ),
            0
        ) as lift
    from prefixed
),

final as (
    select
        kind,
        row_no,
        pool,
        row_number() over (order by kind, row_no, pool) as contest_no,
        headcount,
        share,
        cast(
            case
                when share is null then null
                when rounding = 'cumulative'
                    then
                        lift - coalesce(
                            lag(lift) over (
                                partition by kind, applies, pool_keys, pool
                                order by grade_order
                            ),
                            0
                        )
                else own_seats
            end as bigint
        ) as seats
    from lifted
)

select * from final
