-- From which level to which, as the careers of $cycle tell. One row per year and path.
-- The level before is that of the appointment before; blank where none is known
-- (STR-04).
with appointments as (
    select
        subject,
        started,
        level,
        move,
        lag(level) over (
            partition by subject order by started, post
        ) as from_level
    from marts.careers
    where cycle = $cycle
        and started is not null
),

final as (
    select
        cast(extract(year from started) as bigint) as year,
        coalesce(from_level, '') as from_level,
        level as to_level,
        count(distinct subject) as people
    from appointments
    where move = 'promoted'
    group by extract(year from started), coalesce(from_level, ''), level
    order by year asc, people desc, from_level asc, to_level asc
)

select * from final
