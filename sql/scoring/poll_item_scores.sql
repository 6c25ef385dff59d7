-- The score of each item. One row per subject, poll and item with an answer.
-- Weighted mean over the groups present (specification, section 5).
with poll_means as (
    select
        poll_means.*,
        structure.weight
    from scoring.poll_means as poll_means
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    inner join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
),

final as (
    select
        subject,
        poll,
        item,
        cast(sum(votes) as bigint) as votes,
        divide(
            sum(weighted(weight, mean)) filter (where mean is not null),
            sum(weight) filter (where mean is not null)
        ) as score
    from poll_means
    group by subject, poll, item
)

select * from final
