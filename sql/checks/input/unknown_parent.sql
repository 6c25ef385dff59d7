-- A parent that is not on the roster. One row per subject with such a parent.
-- Neither an id nor a name of the cycle (specification of workbooks, checks on data).
with roster as (
    select *
    from staging.subjects
),

known_words as (
    select subject as known
    from roster
    union
    select name as known
    from roster
    where name is not null
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
        and parent not in (select known from known_words)
)

select * from final
