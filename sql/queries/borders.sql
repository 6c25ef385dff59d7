-- Both sides of each quota border. One row per subject, grade, pool and part.
-- Of $cycle and $kind; null: all kinds. pool_name names the parent of a pool. Borders
-- with a tie come first.
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
        choices.decided_grade,
        choices.authority,
        choices.reason as decision_reason,
        max(case when borders.outcome = 'tied' then 1 else 0 end) over (
            partition by borders.kind, borders.grade, borders.pool, borders.part
        ) as has_tie,
        pool_named(borders.pool, parents.subject, parents.name) as pool_name
    from borders
    left join parents on pool_parent(borders.pool) = parents.subject
    left join marts.choices as choices
        on borders.cycle = choices.cycle
        and borders.subject = choices.subject
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
        outcome,
        decided_grade,
        authority,
        decision_reason
    from named
    order by
        kind asc,
        has_tie desc,
        grade asc,
        pool asc,
        part asc,
        total desc,
        subject asc
)

select * from final
