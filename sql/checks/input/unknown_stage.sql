-- Stages that an entry's register does not have. One row per entry.
-- A final stage is one of the stages too: a kind names each stage once, in order.
with final as (
    select
        'registers' as _table,
        registers._upload,
        registers._sheet,
        registers._row,
        registers._column,
        'stage' as _of,
        registers.stage as found,
        kinds.name as row,
        array_to_string(kinds.stages, ', ') as allowed
    from staging.registers as registers
    inner join staging.register_kinds as kinds
        on registers.register = kinds.register
    where registers.stage is not null
        and not list_contains(kinds.stages, registers.stage)
)

select * from final
