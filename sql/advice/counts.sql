-- Valid votes that came as counts. One row per subject, poll, item, rater group and
-- points.
-- Read inside a run only and never shown (specification, section 5).
with final as (
    select
        answers.poll,
        answers.rater_group,
        answers.subject,
        answers.item,
        answers.points,
        cast(sum(answers.votes) as bigint) as votes
    from staging.valued_answers as answers
    inner join scoring.subjects as subjects on answers.subject = subjects.subject
    where not answers.is_ballot
        and answers.points is not null
        and answers.votes > 0
    group by
        answers.poll,
        answers.rater_group,
        answers.subject,
        answers.item,
        answers.points
)

select * from final
