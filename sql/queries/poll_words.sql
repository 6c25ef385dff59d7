-- What the items, options and rater groups of a poll are called. One row per part and
-- id of $poll in $cycle that has a name.
with rules as (
    select
        "table",
        regexp_replace(substr(id, strpos(id, ' › ') + 3), ' \[.*\]$', '') as id,
        value
    from marts.rules
    where cycle = $cycle
        and "table" in ('poll_items', 'poll_options', 'poll_groups')
        and "column" = 'name'
        and split_part(id, ' › ', 1) = $poll
),

final as (
    select
        case "table"
            when 'poll_items' then 'item'
            when 'poll_options' then 'option'
            else 'rater_group'
        end as part,
        id,
        min(value) as name
    from rules
    group by all
    order by part, id
)

select * from final
