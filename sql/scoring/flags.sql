-- Everything that a reader must be told about a subject. One row per subject and flag.
-- gate:GATE holds, unknown:GATE lacked data, border:GRADE stood at the edge of a quota
-- (specification, sections 9 and 11).
with gates as (
    select *
    from scoring.gates
),

final as (
    select subject, 'gate:' || gate as flag
    from gates
    where holds
    union
    select subject, 'unknown:' || gate as flag
    from gates
    where is_unknown
    union
    select subject, 'border:' || border_grade as flag
    from scoring.filled
    where border_grade is not null
)

select * from final
