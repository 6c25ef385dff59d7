-- The votes that count. One row per subject that takes part, poll, item, rater group
-- and answer, for each way in which these are written; columns of `staging.votes`.
-- Materialised: view
with final as (
    select votes.*
    from staging.votes as votes
    inner join scoring.subjects as subjects on votes.subject = subjects.subject
)

select * from final
