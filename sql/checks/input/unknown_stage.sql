-- Stages that an entry's register, or a selection, does not have. One row per entry.
-- A final stage is one of the stages too: a kind names each stage once, in order.
with entries as (
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
),

results as (
    select
        'stage_results' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'stage' as _of,
        stage as found,
        post as row,
        (
            select coalesce(string_agg(distinct stage, ', ' order by stage), '–')
            from raw.stages
        ) as allowed
    from staging.stage_results
    where stage not in (select stage from raw.stages)
),

final as (
    select * from entries
    union all
    select * from results
)

select * from final
