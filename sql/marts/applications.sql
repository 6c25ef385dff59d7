-- Applications and recommendations. One row per person and post.
-- The place that the unit gives somebody is its own order of preference (SEL-10).
with final as (
    select
        applications.cycle,
        applications.subject,
        coalesce(subjects.name, applications.subject) as name,
        applications.post,
        applications.choice,
        coalesce(applications.channel, '') as channel,
        applications.signers,
        applications.preference
    from staging.applications as applications
    left join staging.subjects as subjects on applications.subject = subjects.subject
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
