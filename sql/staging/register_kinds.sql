-- The kinds of registers. One row per kind.
-- Stages and final stages are lists joined by +, in order; a blank unit of the term is
-- days, and the first day counts only where the kind says so.
with final as (
    select
        register,
        coalesce(name, register) as name,
        [trim(stage) for stage in string_split(stages, '+')] as stages,
        case
            when final is null then []
            else [trim(stage) for stage in string_split(final, '+')]
        end as final_stages,
        term,
        coalesce(term_unit, 'day') as term_unit,
        coalesce(first_day, 'later') = 'counts' as is_first_day_counted,
        _upload,
        _sheet,
        _row,
        _column
    from raw.register_kinds
)

select * from final
