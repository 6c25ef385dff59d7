-- Event types that nothing uses. One row per sheet and type, at its first row.
-- Not an error: a ledger may hold more than is scored (specification, section 7).
with events as (
    select *
    from staging.events
),

known as (
    select type from staging.adjustments
    union
    select subject_of as type from staging.metrics
    where kind = 'events'
),

final as (
    select
        'events' as _table,
        _upload,
        _sheet,
        min(_row) as _row,
        arg_min(_column, _row) as _column,
        'type' as _of,
        type as found,
        cast(count(*) as varchar) as count
    from events
    where type is not null
        and type not in (
            select type from known
            where type is not null
        )
        and exists (select 1 from staging.components)
    group by _upload, _sheet, type
)

select * from final
