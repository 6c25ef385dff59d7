-- Applications and stages of posts that the scheme does not declare. One row per row.
-- A post is given by its code.
with mentions as (
    select 'applications' as _table, post, _upload, _sheet, _row, _column
    from staging.applications
    union all
    select 'stage_results' as _table, post, _upload, _sheet, _row, _column
    from staging.stage_results
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        _column,
        'post' as _of,
        post as found,
        (
            select coalesce(string_agg(distinct post, ', ' order by post), '–')
            from raw.posts
        ) as allowed
    from mentions
    where post not in (select post from raw.posts)
)

select * from final
