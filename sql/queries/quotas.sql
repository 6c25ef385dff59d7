-- Seats and who took them. One row per grade, pool and part of $cycle and $kind.
-- free = seats that nobody took; they lapse (specification, section 11). Blank seats:
-- no limit. fair is the number of seats before rounding, rounding how it became a whole
-- one (apportioned: by largest remainder), fraction what was rounded away or up.
-- pool_name names the parent of a pool. $kind null: all kinds.
with quotas as (
    select *
    from marts.quotas
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

parents as (
    select
        subject,
        name
    from marts.subjects
    where cycle = $cycle
),

named as (
    select
        quotas.*,
        pool_named(quotas.pool, parents.subject, parents.name) as pool_name
    from quotas
    left join parents on pool_parent(quotas.pool) = parents.subject
),

final as (
    select
        kind,
        grade,
        applies,
        pool,
        pool_name,
        part,
        headcount,
        share,
        fair,
        fair - floor(fair) as fraction,
        case
            when seats is null then null
            when part != '' then 'apportioned'
            else rounding
        end as rounding,
        is_rounded_up,
        seats,
        taken,
        greatest(seats - taken, 0) as free,
        over
    from named
    order by
        list_position(['unit', 'team', 'person', 'candidate'], kind),
        grade_order,
        grade,
        applies,
        pool,
        part
)

select * from final
