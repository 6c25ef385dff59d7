-- A parent that is not on the roster. One row per subject with such a parent.
-- Neither an id nor a name of the cycle (specification of workbooks, checks on data).
with roster as (
    select *
    from staging.subjects
),

final as (
    select
        'subjects' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'parent' as _of,
        parent as found,
        subject
    from roster
    where parent is not null
        and parent not in (select subject from roster)
        and parent not in (select name from roster where name is not null)
)

select * from final
