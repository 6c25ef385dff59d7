-- The strongest and the weakest component. One row per subject and cycle.
with sides as (
    select
        cycle,
        subject,
        arg_max(component, score) as strongest,
        max(score) as highest,
        arg_min(component, score) as weakest,
        min(score) as lowest
    from components
    where score is not null
    group by all
),

named as (
    select
        sides.cycle,
        sides.subject,
        subjects.name,
        sides.strongest,
        sides.highest,
        sides.weakest,
        sides.lowest
    from sides
    inner join subjects
        on sides.cycle = subjects.cycle
        and sides.subject = subjects.subject
)

select * from named
order by cycle desc, highest - lowest desc
