-- What stands with another group. One row per subject, poll, item and rater group with
-- an answer that is merged into another group.
with final as (
    select distinct
        votes.subject,
        votes.poll,
        votes.item,
        poll_merges.rater_group,
        poll_merges.merged_into
    from scoring.poll_merges as poll_merges
    inner join staging.votes as votes
        on poll_merges.subject = votes.subject
        and poll_merges.poll = votes.poll
        and poll_merges.rater_group = votes.rater_group
    where votes.votes > 0
)

select * from final
