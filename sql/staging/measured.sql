-- What a name in `results` can mean. One row per id or unambiguous name of an indicator
-- or component.
-- An id comes before a name (specification of workbooks, common rules).
with ids as (
    select indicator as id, name, 1 as part from staging.indicators
    union all
    select component as id, name, 2 as part from staging.components
),

known as (
    select distinct id
    from ids
),

single as (
    select
        name,
        part,
        min(id) as id
    from ids
    where name is not null
        and name not in (select id from known)
    group by name, part
    having count(distinct id) = 1
),

named as (
    select
        name,
        arg_min(id, part) as id
    from single
    group by name
),

final as (
    select id as written, id from known
    union all
    select name as written, id from named
)

select * from final
