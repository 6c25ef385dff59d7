-- The votes that count. One row per subject that takes part, poll, item, rater group
-- and answer, for each way in which these are written; columns of `staging.votes`, and
-- the cycle, kind, platform and layer of the subject.
-- A group that is merged into another stands under that one.
-- Materialised: view
with final as (
    select
        subjects.cycle,
        subjects.kind,
        subjects.platform,
        subjects.layer,
        votes.poll,
        votes.subject,
        coalesce(poll_merges.merged_into, votes.rater_group) as rater_group,
        votes.item,
        votes.answer,
        votes.votes,
        votes.points,
        votes.parts,
        votes.lowest,
        votes.highest
    from staging.votes as votes
    inner join scoring.subjects as subjects on votes.subject = subjects.subject
    left join scoring.poll_merges as poll_merges
        on votes.subject = poll_merges.subject
        and votes.poll = poll_merges.poll
        and votes.rater_group = poll_merges.rater_group
)

select * from final
