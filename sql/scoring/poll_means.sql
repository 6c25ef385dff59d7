-- The mean that a rater group gave. One row per subject, poll, item and rater group
-- with an answer.
-- Where not every answer counts as it stands, votes and mean are those of
-- `trimmed_means`. A group with fewer than `min_ballots` valid votes is absent: its
-- mean is NULL (specification, section 5). `mean_parts` is the mean in parts of 10^-12.
with trimmed_polls as (
    select poll from staging.trimmed_polls
    union all
    select poll from staging.rater_polls
),

means as (
    select
        subject,
        poll,
        item,
        rater_group,
        cast_votes,
        votes,
        parts12_mean(parts, votes) as mean_parts
    from scoring.poll_cells
    where poll not in (select poll from trimmed_polls)
    union all
    select
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        cells.cast_votes,
        coalesce(trimmed_means.votes, 0) as votes,
        parts12(trimmed_means.mean) as mean_parts
    from scoring.poll_cells as cells
    left join scoring.trimmed_means as trimmed_means
        on cells.subject = trimmed_means.subject
        and cells.poll = trimmed_means.poll
        and cells.item = trimmed_means.item
        and cells.rater_group = trimmed_means.rater_group
    where cells.poll in (select poll from trimmed_polls)
),

settled as (
    select
        means.subject,
        means.poll,
        means.item,
        means.rater_group,
        means.cast_votes,
        means.votes,
        case
            when means.votes < greatest(polls.min_ballots, 1) then null
            when polls.round is null then means.mean_parts
            else parts12(settle(from_parts12(means.mean_parts), polls.round))
        end as mean_parts
    from means
    left join staging.polls as polls on means.poll = polls.poll
),

final as (
    select
        *,
        from_parts12(mean_parts) as mean
    from settled
)

select * from final
