-- The roster of the cycle. One row per subject, excluded ones too.
-- An excluded subject is in no other list (specification, section 1).
with final as (
    select
        cycle,
        kind,
        subject,
        coalesce(name, '') as name,
        parent,
        platform,
        layer,
        status
    from staging.subjects
    where kind in (select kind from run.kinds)
)

select * from final
