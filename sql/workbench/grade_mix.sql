-- How the grades of each cycle are spread. One row per cycle, kind, platform and grade.
with counted as (
    select
        cycle,
        kind,
        platform,
        grade,
        count(*) as subjects,
        max(total) as highest,
        min(total) as lowest
    from ranking
    group by all
)

select * from counted
order by cycle desc, kind asc, platform asc, highest desc
