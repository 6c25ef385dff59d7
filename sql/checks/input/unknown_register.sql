-- Entries of a register that the scheme does not declare. One row per entry.
-- Without any kind in the scheme every register is taken as it is.
with kinds as (
    select register
    from staging.register_kinds
),

final as (
    select
        'registers' as _table,
        registers._upload,
        registers._sheet,
        registers._row,
        registers._column,
        'register' as _of,
        registers.register as found,
        (
            select string_agg(name, ', ' order by name)
            from staging.register_kinds
        ) as allowed
    from staging.registers as registers
    where registers.register not in (select register from kinds)
        and exists (select 1 from kinds)
)

select * from final
