-- The score of each item. One row per subject, poll and item with an answer.
-- Weighted mean over the groups present (specification, section 5).
with sums as (
    select
        poll_means.subject,
        poll_means.poll,
        poll_means.item,
        cast(sum(poll_means.votes) as bigint) as votes,
        sum(structure.weight_parts * poll_means.mean_parts) as parts,
        sum(structure.weight_parts) filter (where poll_means.mean_parts is not null)
            as weight_parts
    from scoring.poll_means as poll_means
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    inner join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
    group by poll_means.subject, poll_means.poll, poll_means.item
),

final as (
    select
        subject,
        poll,
        item,
        votes,
        from_parts12(whole_division(parts, nullif(weight_parts, 0))) as score
    from sums
)

select * from final
