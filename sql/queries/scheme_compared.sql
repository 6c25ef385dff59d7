-- How two schemes differ. One row per cell that is not the same in $other and $cycle.
-- before: in $other, blank where it is new; after: in $cycle, blank where it is gone.
-- The settings cycle and title always differ and are left out.
with cells as (
    select
        cycle,
        "table",
        id,
        "column",
        string_agg(value, ' | ' order by value) as value
    from marts.rules
    where cycle in ($cycle, $other)
        and not ("table" = 'settings' and id in ('cycle', 'title'))
    group by cycle, "table", id, "column"
),

paired as (
    select
        "table",
        id,
        "column",
        max(value) filter (where cycle = $other) as before,
        max(value) filter (where cycle = $cycle) as after
    from cells
    group by "table", id, "column"
),

final as (
    select *
    from paired
    where before is distinct from after
    order by "table", id, "column"
)

select * from final
