-- How those promoted came to their post. One row per year and workplace, and one per
-- year with a blank workplace for all.
-- At least $share of them by competition: `others_left` is how many more may be
-- promoted otherwise, below 0 how many are too many (SEL-07).
with promoted as (
    select
        cast(extract(year from started) as bigint) as year,
        workplace,
        count(*) as promoted,
        count(*) filter (where route = 'competition') as by_competition,
        grouping(workplace) as is_all
    from marts.careers
    where cycle = $cycle
        and move = 'promoted'
        and started is not null
    group by grouping sets (
        (extract(year from started), workplace), (extract(year from started))
    )
),

final as (
    select
        year,
        case when is_all = 1 then '' else workplace end as workplace,
        promoted,
        by_competition,
        settle9(divide(by_competition, promoted)) as competition_rate,
        case
            when $share::decimal(28, 9) > 0
                then
                    cast(
                        floor(divide(by_competition, $share::decimal(28, 9))) as bigint
                    )
                    - promoted
        end as others_left
    from promoted
    order by year asc, is_all desc, promoted desc, workplace asc
)

select * from final
