-- What the roster says besides of those who take part. One row per subject and
-- attribute.
-- Sex, party, wishes and the like: what minimums and filters ask for.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        attributes.attribute,
        attributes.value
    from staging.attributes as attributes
    inner join scoring.subjects as subjects
        on attributes.subject = subjects.subject
)

select * from final
