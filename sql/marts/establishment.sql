-- The approved number of posts. One row per unit and layer.
-- Who is in post is counted from the roster, not entered (QTA-03).
with final as (
    select
        establishment.cycle,
        establishment.subject,
        coalesce(subjects.name, establishment.subject) as name,
        coalesce(establishment.layer, '') as layer,
        establishment.approved
    from staging.establishment as establishment
    left join staging.subjects as subjects on establishment.subject = subjects.subject
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
