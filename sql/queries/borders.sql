-- Both sides of each quota border. One row per subject, grade, pool and part.
-- Of $cycle and $kind; null: all kinds. pool_name names the parent of a pool.
with borders as (
    select *
    from marts.borders
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

parents as (
    select
        subject,
        name
    from marts.subjects
    where cycle = $cycle
),

named as (
    select
        borders.*,
        coalesce(
            replace(
                borders.pool, 'parent=' || parents.subject, 'parent=' || parents.name
            ),
            borders.pool
        ) as pool_name
    from borders
    left join parents
        on parents.subject = regexp_extract(borders.pool, '(^|; )parent=([^;]*)', 2)
),

final as (
    select
        kind,
        grade,
        pool,
        pool_name,
        part,
        subject,
        name,
        total,
        seats,
        taken,
        outcome
    from named
    order by kind asc, grade asc, pool asc, part asc, total desc, subject asc
)

select * from final
