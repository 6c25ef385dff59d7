-- The mean that a rater group gave. One row per subject, poll, item and rater group
-- with an answer.
-- A group with fewer than `min_ballots` valid votes is absent: its mean is NULL
-- (specification, section 5).
with cells as (
    select
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        cells.cast_votes,
        cells.votes,
        mean_of(cells.points_sum, cells.votes) as mean
    from scoring.poll_cells as cells
    where cells.poll not in (select poll from staging.trimmed_polls)
        and cells.poll not in (select poll from staging.rater_polls)
    union all
    select
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        cells.cast_votes,
        coalesce(means.votes, 0) as votes,
        means.mean
    from scoring.poll_cells as cells
    left join scoring.trimmed_means as means
        on cells.subject = means.subject
        and cells.poll = means.poll
        and cells.item = means.item
        and cells.rater_group = means.rater_group
    where cells.poll in (select poll from staging.trimmed_polls)
        or cells.poll in (select poll from staging.rater_polls)
),

final as (
    select
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        cells.cast_votes,
        cells.votes,
        case
            when cells.votes >= greatest(polls.min_ballots, 1)
                then rounded(cells.mean, polls.round)
        end as mean
    from cells
    left join staging.polls as polls on cells.poll = polls.poll
)

select * from final
