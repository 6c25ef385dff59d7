-- What the roster says besides. One row per subject and attribute, excluded ones too.
-- Sex, birth, party, wishes and the like: what minimums and filters ask for.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        attributes.attribute,
        attributes.value
    from staging.attributes as attributes
    inner join staging.subjects as subjects
        on attributes.subject = subjects.subject
    where subjects.kind in (select kind from run.kinds)
)

select * from final
