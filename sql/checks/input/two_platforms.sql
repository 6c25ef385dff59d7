-- A subject that stands on two platforms. One row per contradicting roster row.
-- Subjects are compared on one platform only
-- (specification of workbooks, checks on data).
with roster as (
    select *
    from staging.subjects
),

numbered as (
    select
        *,
        first_value(platform) over same_subject as first_platform,
        first_value(_sheet) over same_subject as _other_sheet,
        first_value(_row) over same_subject as _other_row,
        first_value(_column) over same_subject as _other_column
    from roster
    window same_subject as (
        partition by subject
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
        'platform' as _of,
        platform as found,
        subject,
        first_platform as other_platform,
        _other_sheet,
        _other_row,
        _other_column
    from numbered
    where platform != first_platform
)

select * from final
