-- What the roster says besides. One row per subject of $cycle and $kind and attribute.
-- Whom somebody belongs to is the attribute `parent`; a null $kind takes all kinds.
with roster as (
    select
        subject,
        parent
    from marts.subjects
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

final as (
    select
        facts.subject,
        facts.attribute,
        facts.value
    from marts.facts as facts
    inner join roster on facts.subject = roster.subject
    where facts.cycle = $cycle
    union all
    select
        subject,
        'parent' as attribute,
        parent as value
    from roster
    where parent is not null
    order by subject asc, attribute asc
)

select * from final
