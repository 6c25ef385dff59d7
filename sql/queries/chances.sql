-- What a subject could get, and what came of it. One row per grade that applies to
-- $subject in $cycle, best first.
-- pool_name names the parent of a pool.
with chances as (
    select *
    from marts.chances
    where cycle = $cycle
        and subject = $subject
),

parents as (
    select
        subject,
        name
    from marts.subjects
    where cycle = $cycle
),

final as (
    select
        chances.grade,
        chances.grade_order,
        pool_named(chances.pool, parents.subject, parents.name) as pool_name,
        chances.part,
        chances.place,
        chances.seats,
        chances.taken,
        chances.total,
        chances.line,
        chances.gap,
        chances.min_score,
        chances.is_last,
        chances.outcome,
        chances.limited_by
    from chances
    left join parents on pool_parent(chances.pool) = parents.subject
    order by chances.grade_order
)

select * from final
