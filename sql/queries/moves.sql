-- Who moved in which year, as the careers of $cycle tell. One row per year and move.
-- People and moves are two counts: somebody who moved twice is one person (STR-03).
with final as (
    select
        cast(extract(year from started) as bigint) as year,
        move,
        count(distinct subject) as people,
        count(*) as moves
    from marts.careers
    where cycle = $cycle
        and move != ''
        and started is not null
    group by extract(year from started), move
    order by year asc, people desc, move asc
)

select * from final
