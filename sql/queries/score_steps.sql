-- What a score was made of, in reading order. One row per step of $subject.
-- From the total of $cycle down; under each item of a poll what its rater groups gave.
-- The note of a group that is merged is `merged`, of one that takes others in `took`;
-- `with_groups` names the other ones.
with names as (
    select distinct
        poll,
        rater_group,
        name
    from marts.polls
    where cycle = $cycle
        and subject = $subject
),

pairs as (
    select distinct
        poll,
        rater_group,
        unnest(string_split(coalesce(merged_into, merged), ';')) as other
    from marts.polls
    where cycle = $cycle
        and subject = $subject
),

others as (
    select
        pairs.poll,
        pairs.rater_group,
        string_agg(coalesce(names.name, pairs.other), ', ' order by pairs.other)
            as with_groups
    from pairs
    left join names
        on pairs.poll = names.poll
        and pairs.other = names.rater_group
    group by pairs.poll, pairs.rater_group
),

steps as (
    select *
    from marts.score_steps
    where cycle = $cycle
        and subject = $subject
),

poll_groups as (
    select
        items.path || chr(31) || polls.rater_group as path,
        items.depth + 1 as depth,
        'poll_group' as step,
        polls.rater_group as id,
        coalesce(polls.name, '') as name,
        polls.weight,
        polls.mean as score,
        null as share,
        null as coverage,
        polls.votes as value,
        null as target,
        case
            when polls.merged_into is not null then 'merged'
            when polls.votes is null then 'suppressed'
            when polls.merged is not null then 'took'
            else ''
        end as note,
        coalesce(others.with_groups, '') as with_groups
    from steps as items
    inner join marts.polls as polls
        on items.cycle = polls.cycle
        and items.subject = polls.subject
        and items.poll = polls.poll
        and items.id = polls.item
    left join others
        on polls.poll = others.poll
        and polls.rater_group = others.rater_group
    where items.step = 'poll_item'
        and (polls.weight is not null or polls.merged_into is not null)
),

final as (
    select
        * exclude (cycle, subject, poll),
        '' as with_groups
    from steps
    union all
    select *
    from poll_groups
    order by path
)

select * from final
