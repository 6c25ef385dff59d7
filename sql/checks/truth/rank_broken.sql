-- Ranks that are not those of a competition. One row per subject out of order.
-- 1, 2, 2, 4: each is one more than those before it; ranked are exactly the graded
-- subjects (specification, section 10).
with ranking as (
    select
        *,
        rank() over (
            partition by kind, platform, layer
            order by rank nulls last
        ) as place
    from marts.ranking
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        subject as found,
        coalesce(cast(rank as varchar), '') as count
    from ranking
    where (status = 'graded') != (rank is not null)
        or rank != place
)

select * from final
