-- What polls and rater groups are called. One row per poll and rater group.
-- A group that is called differently for different subjects goes by its id
-- (specification, section 5).
with groups as (
    select
        poll,
        rater_group,
        case when count(distinct name) = 1 then min(name) end as group_name
    from scoring.poll_structure
    group by poll, rater_group
),

final as (
    select
        groups.poll,
        coalesce(polls.name, groups.poll) as poll_name,
        groups.rater_group,
        coalesce(groups.group_name, groups.rater_group) as group_name
    from groups
    inner join staging.polls as polls on groups.poll = polls.poll
)

select * from final
