-- Valid votes that came as counts. One row per subject, poll, item, rater group and
-- points.
-- Read inside a run only and never shown (specification, section 5).
with grouped as (
    select distinct poll
    from staging.poll_groups
),

with_options as (
    select distinct poll
    from staging.poll_options
),

valued as (
    select
        tallies.poll,
        case when grouped.poll is null then 'all' else tallies.rater_group end
            as rater_group,
        tallies.subject,
        tallies.item,
        case
            when with_options.poll is null then as_number(tallies.answer) else
                options.points
        end as points,
        tallies.votes
    from staging.tallies as tallies
    inner join scoring.subjects as subjects on tallies.subject = subjects.subject
    left join grouped on tallies.poll = grouped.poll
    left join with_options on tallies.poll = with_options.poll
    left join staging.poll_options as options
        on tallies.poll = options.poll
        and tallies.answer = options.option
),

final as (
    select
        poll,
        rater_group,
        subject,
        item,
        points,
        cast(sum(votes) as bigint) as votes
    from valued
    where points is not null
        and votes > 0
    group by poll, rater_group, subject, item, points
)

select * from final
