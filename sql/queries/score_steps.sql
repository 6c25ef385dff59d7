-- What a score was made of, in reading order. One row per step of $subject.
-- From the total of $cycle down; under each item of a poll what its rater groups gave.
with steps as (
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
        case when polls.votes is null then 'suppressed' else '' end as note
    from steps as items
    inner join marts.polls as polls
        on items.cycle = polls.cycle
        and items.subject = polls.subject
        and items.poll = polls.poll
        and items.id = polls.item
    where items.step = 'poll_item'
        and polls.weight is not null
),

final as (
    select * exclude (cycle, subject, poll)
    from steps
    union all
    select *
    from poll_groups
    order by path
)

select * from final
