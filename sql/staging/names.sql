-- Names that stand for exactly one subject of the cycle and are nobody's id. One row
-- per name.
-- A subject may be given by id or, where that is unambiguous, by name (specification of
-- workbooks, common rules).
with roster as (
    select
        subject,
        name
    from raw.subjects
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

single as (
    select
        name,
        min(subject) as subject
    from roster
    where name is not null
    group by name
    having count(distinct subject) = 1
),

final as (
    select
        single.name,
        single.subject
    from single
    where not exists (
            select 1 from roster
            where roster.subject = single.name
        )
)

select * from final
