-- Both sides of each quota border. One row per subject, grade, pool and part.
-- Of $cycle and $kind; null: all kinds.
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
    order by kind asc, grade asc, pool asc, part asc, total desc, subject asc
)

select * from final
