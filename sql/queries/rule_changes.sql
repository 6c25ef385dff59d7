-- What the scheme changed. One row per changed cell and cycle up to $cycle.
-- Between two built cycles in a row. before blank: new; after blank: gone. The
-- settings cycle and title always differ and are left out.
with rules as (
    select *
    from marts.rules
    where cycle <= $cycle
        and not ("table" = 'settings' and id in ('cycle', 'title'))
),

cells as (
    select
        cycle,
        "table",
        id,
        "column",
        string_agg(value, ' | ' order by value) as value
    from rules
    group by cycle, "table", id, "column"
),

cycles as (
    select distinct cycle
    from rules
),

pairs as (
    select
        later.cycle,
        earlier.cycle as earlier_cycle
    from cycles as later
    inner join cycles as earlier on later.cycle = earlier.cycle + 1
),

now as (
    select
        pairs.cycle,
        cells."table",
        cells.id,
        cells."column",
        cells.value
    from pairs
    inner join cells on pairs.cycle = cells.cycle
),

earlier as (
    select
        pairs.cycle,
        cells."table",
        cells.id,
        cells."column",
        cells.value
    from pairs
    inner join cells on pairs.earlier_cycle = cells.cycle
),

final as (
    select
        coalesce(now.cycle, earlier.cycle) as cycle,
        coalesce(now."table", earlier."table") as "table",
        coalesce(now.id, earlier.id) as id,
        coalesce(now."column", earlier."column") as "column",
        earlier.value as before,
        now.value as after
    from now
    full join earlier
        on now.cycle = earlier.cycle
        and now."table" = earlier."table"
        and now.id = earlier.id
        and now."column" = earlier."column"
    where now.value is distinct from earlier.value
    order by cycle, "table", id, "column"
)

select * from final
