-- Careers as uploaded. One row per person and appointment.
-- Moves, paths, tenures and the months of a requirement are counted from these days.
with final as (
    select
        careers.cycle,
        careers.subject,
        coalesce(subjects.name, careers.subject) as name,
        careers.started,
        careers.ended,
        coalesce(careers.unit, '') as workplace,
        coalesce(careers.post, '') as post,
        coalesce(careers.level, '') as level,
        coalesce(careers.move, '') as move,
        coalesce(careers.route, '') as route,
        coalesce(careers.experience, '') as experience
    from staging.careers as careers
    left join staging.subjects as subjects on careers.subject = subjects.subject
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
