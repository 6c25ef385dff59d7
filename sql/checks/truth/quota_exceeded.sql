-- Quotas exceeded although the border forbids it. One row per pool or part.
-- The caps of a pool are never exceeded except by `border=include`
-- (specification, section 11).
with quotas as (
    select *
    from marts.quotas
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        concat_ws(
            ' ', quotas.kind, quotas.grade, quotas.pool, nullif(quotas.part, '')
        ) as found,
        cast(quotas.over as varchar) as count
    from quotas
    cross join staging.settings as settings
    where quotas.over > 0
        and settings.border != 'include'
)

select * from final
