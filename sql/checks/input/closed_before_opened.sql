-- Entries that were closed before they were opened. One row per entry.
-- Such an entry has no duration and its term cannot be judged.
with final as (
    select
        'registers' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'closed' as _of,
        cast(closed as varchar) as found,
        cast(opened as varchar) as opened
    from staging.registers
    where closed < opened
)

select * from final
