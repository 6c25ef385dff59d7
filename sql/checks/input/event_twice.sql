-- The same event entered twice. One row per event that repeats an earlier row.
-- Two equal events of one day both count; often one is a mistake
-- (specification, section 7).
with events as (
    select *
    from staging.events
    where date is not null
),

numbered as (
    select
        *,
        row_number() over same_event as place,
        first_value(_sheet) over same_event as _other_sheet,
        first_value(_row) over same_event as _other_row,
        first_value(_column) over same_event as _other_column
    from events
    window same_event as (
        partition by subject, date, type, points, reason, document
        order by _upload, _sheet, _row
    )
),

final as (
    select
        'events' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'type' as _of,
        concat_ws(' ', subject, date, type) as found,
        _other_sheet,
        _other_row,
        _other_column
    from numbered
    where place > 1
)

select * from final
