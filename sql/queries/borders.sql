-- Subjects on both sides of each quota border. One row per subject, grade and pool of $cycle and $kind (null: all).
with final as (
    select
        kind,
        grade,
        pool,
        part,
        subject,
        name,
        total,
        seats,
        taken,
        outcome
    from marts.borders
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
    order by kind, grade, pool, part, total desc, subject
)

select * from final
