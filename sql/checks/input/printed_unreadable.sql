-- Printed shares that are no number. One row per statement.
-- A share is written as it was printed, with its decimals: 33.7% or 0.337.
with final as (
    select
        'printed_figures' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'printed' as _of,
        printed as found
    from raw.printed_figures
    where not regexp_full_match(printed, '[0-9]{1,4}([.][0-9]{1,6})?%?')
)

select * from final
