-- Two subjects of one kind with one name. One row per later row with the name.
-- It may be one person entered twice (specification of workbooks, checks on data).
with roster as (
    select *
    from staging.subjects
    where name is not null
),

numbered as (
    select
        *,
        first_value(subject) over same_name as first_subject,
        first_value(_sheet) over same_name as _other_sheet,
        first_value(_row) over same_name as _other_row,
        first_value(_column) over same_name as _other_column
    from roster
    window same_name as (
        partition by name, kind
        order by _upload, _sheet, _row
    )
),

final as (
    select
        'subjects' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'name' as _of,
        name as found,
        first_subject || ', ' || subject as subjects,
        _other_sheet,
        _other_row,
        _other_column
    from numbered
    where subject != first_subject
)

select * from final
