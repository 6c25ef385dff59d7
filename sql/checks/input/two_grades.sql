-- Two grades of one subject and cycle. One row per contradicting history row.
-- A subject has one grade a cycle (specification of workbooks, checks on data).
with history as (
    select *
    from staging.history
    where grade is not null
),

numbered as (
    select
        *,
        first_value(grade) over same_cycle as first_grade,
        first_value(_sheet) over same_cycle as _other_sheet,
        first_value(_row) over same_cycle as _other_row,
        first_value(_column) over same_cycle as _other_column
    from history
    window same_cycle as (
        partition by subject, cycle
        order by _upload, _sheet, _row
    )
),

final as (
    select
        'history' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'grade' as _of,
        grade as found,
        subject,
        cast(cycle as varchar) as cycle,
        first_grade as other_grade,
        _other_sheet,
        _other_row,
        _other_column
    from numbered
    where grade != first_grade
)

select * from final
