-- What a rater group gave, summed. One row per subject, poll, item and rater group with
-- an answer.
-- All votes, the valid ones among them, the sum of their points in `parts` of 10^-9,
-- and whether all valid votes are worth the same (specification, section 5).
with final as (
    select
        subject,
        poll,
        item,
        rater_group,
        cast(sum(votes) as bigint) as cast_votes,
        cast(coalesce(sum(votes) filter (where parts is not null), 0) as bigint)
            as votes,
        sum(parts) as parts,
        coalesce(min(lowest) = max(highest), false) as is_unanimous
    from scoring.poll_votes
    where votes > 0
    group by subject, poll, item, rater_group
)

select * from final
