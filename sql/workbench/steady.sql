-- Who has stood high in every cycle. One row per subject ranked more than once.
with over_years as (
    select
        kind,
        subject,
        max_by(name, cycle) as name,
        count(*) as cycles,
        min(rank) as best_rank,
        max(rank) as worst_rank,
        max_by(total, cycle) - min_by(total, cycle) as total_change
    from ranking
    where rank is not null
    group by all
    having count(*) > 1
)

select * from over_years
order by worst_rank asc, subject asc
