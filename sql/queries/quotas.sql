-- Seats and who took them. One row per grade, pool and part of $cycle and $kind.
-- free = seats that nobody took; they lapse (specification, section 11). Blank seats:
-- no limit. $kind null: all kinds.
with quotas as (
    select *
    from marts.quotas
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

final as (
    select
        kind,
        grade,
        applies,
        pool,
        part,
        headcount,
        share,
        seats,
        taken,
        greatest(seats - taken, 0) as free,
        over
    from quotas
    order by
        list_position(['unit', 'team', 'person', 'candidate'], kind),
        grade_order,
        grade,
        applies,
        pool,
        part
)

select * from final
