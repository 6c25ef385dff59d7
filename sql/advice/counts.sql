-- Valid votes that came as counts. One row per subject, poll, item, rater group and
-- points.
-- Read inside a run only and never shown (specification, section 5).
with final as (
    select
        answers.poll,
        coalesce(poll_merges.merged_into, answers.rater_group) as rater_group,
        answers.subject,
        answers.item,
        answers.points,
        cast(sum(answers.votes) as bigint) as votes
    from staging.valued_answers as answers
    inner join scoring.subjects as subjects on answers.subject = subjects.subject
    left join scoring.poll_merges as poll_merges
        on answers.subject = poll_merges.subject
        and answers.poll = poll_merges.poll
        and answers.rater_group = poll_merges.rater_group
    where not answers.is_ballot
        and answers.points is not null
        and answers.votes > 0
    group by all
)

select * from final
