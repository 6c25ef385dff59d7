-- The valid answers on ballots. One row per ballot, subject and item.
-- Read inside a run only and never shown: what leaves the advice is counts and
-- intervals. `is_numbered` is false where nothing tells one ballot from another
-- (specification, section 5).
with grouped as (
    select distinct poll
    from staging.poll_groups
),

with_options as (
    select distinct poll
    from staging.poll_options
),

answers as (
    select
        ballots.poll,
        case when grouped.poll is null then 'all' else ballots.rater_group end
            as rater_group,
        ballots.rater_group as written_group,
        ballots.ballot,
        ballots.subject,
        coalesce(subjects.parent, '') as parent,
        ballots.item,
        case
            when with_options.poll is null then as_number(ballots.answer) else
                options.points
        end as points
    from staging.ballots as ballots
    inner join scoring.subjects as subjects on ballots.subject = subjects.subject
    left join grouped on ballots.poll = grouped.poll
    left join with_options on ballots.poll = with_options.poll
    left join staging.poll_options as options
        on ballots.poll = options.poll
        and ballots.answer = options.option
),

final as (
    select
        poll,
        rater_group,
        written_group || chr(31) || coalesce(ballot, '') as sheet,
        coalesce(ballot, '') != '' as is_numbered,
        subject,
        parent,
        item,
        cast(points as decimal(18, 9)) as points
    from answers
    where points is not null
)

select * from final
