-- The mean that a rater group gave. One row per subject, poll, item and rater group
-- with an answer.
-- Where not every answer counts as it stands, votes and mean are those of
-- `trimmed_means`. A group with fewer than `min_ballots` valid votes is absent: its
-- mean is NULL (specification, section 5).
with cells as (
    select
        *,
        poll in (select poll from staging.trimmed_polls)
        or poll in (select poll from staging.rater_polls) as is_trimmed
    from scoring.poll_cells
),

means as (
    select
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        cells.cast_votes,
        case
            when cells.is_trimmed then coalesce(trimmed_means.votes, 0) else
                cells.votes
        end as votes,
        case
            when cells.is_trimmed then trimmed_means.mean
            else mean_of(cells.points_sum, cells.votes)
        end as mean
    from cells
    left join scoring.trimmed_means as trimmed_means
        on cells.subject = trimmed_means.subject
        and cells.poll = trimmed_means.poll
        and cells.item = trimmed_means.item
        and cells.rater_group = trimmed_means.rater_group
),

final as (
    select
        means.subject,
        means.poll,
        means.item,
        means.rater_group,
        means.cast_votes,
        means.votes,
        case
            when means.votes >= greatest(polls.min_ballots, 1)
                then rounded(means.mean, polls.round)
        end as mean
    from means
    left join staging.polls as polls on means.poll = polls.poll
)

select * from final
