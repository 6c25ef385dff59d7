-- Items of every poll and their weight. One row per poll and item.
-- A poll without items has one, `overall` (specification, section 5).
with items as (
    select poll, item, name, weight
    from staging.poll_items
),

single as (
    select
        poll,
        'overall' as item,
        cast(null as varchar) as name,
        cast(1 as decimal(28, 9)) as weight
    from staging.polls
    where poll not in (select poll from staging.poll_items)
),

final as (
    select * from items
    union all
    select * from single
)

select * from final
