-- How long people have been in their post on the day $today. One row per full years and
-- level.
-- The post is the latest appointment that has begun and not ended (TRD-04).
with present as (
    select
        subject,
        level,
        started,
        row_number() over (
            partition by subject order by started desc, post asc
        ) as place
    from marts.careers
    where cycle = $cycle
        and started <= $today::date
        and (ended is null or ended > $today::date)
),

final as (
    select
        cast(date_sub('year', started, $today::date) as bigint) as years_in_post,
        level,
        count(*) as people
    from present
    where place = 1
    group by date_sub('year', started, $today::date), level
    order by years_in_post asc, level asc
)

select * from final
