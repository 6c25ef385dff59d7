-- The valid answers on ballots. One row per ballot, subject and item.
-- Read inside a run only and never shown: what leaves the advice is counts and
-- intervals. `is_numbered` is false where nothing tells one ballot from another
-- (specification, section 5).
with final as (
    select
        answers.poll,
        coalesce(poll_merges.merged_into, answers.rater_group) as rater_group,
        answers.written_group || chr(31) || coalesce(answers.ballot, '') as sheet,
        coalesce(answers.ballot, '') != '' as is_numbered,
        answers.subject,
        coalesce(subjects.parent, '') as parent,
        answers.item,
        cast(answers.points as decimal(18, 9)) as points
    from staging.valued_answers as answers
    inner join scoring.subjects as subjects on answers.subject = subjects.subject
    left join scoring.poll_merges as poll_merges
        on answers.subject = poll_merges.subject
        and answers.poll = poll_merges.poll
        and answers.rater_group = poll_merges.rater_group
    where answers.is_ballot
        and answers.points is not null
)

select * from final
