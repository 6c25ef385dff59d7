-- The grades of $cycle, best first. One row per grade that $kind can get.
-- share is blank where the rows of the grade declare different shares (specification,
-- section 11). $kind null: any kind.
with quotas as (
    select *
    from marts.quotas
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

declared as (
    select
        grade,
        min(grade_order) as grade_order,
        case when count(distinct coalesce(share, -1)) = 1 then min(share) end as share
    from quotas
    group by grade
),

final as (
    select *
    from declared
    order by grade_order, grade
)

select * from final
