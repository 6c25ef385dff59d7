-- Poll results. One row per subject, poll, item and rater group with an answer.
-- Columns of the specification, section 13, and the group's name and weight; votes and
-- mean are blank where secrecy hides the cell. A group that does not count for the
-- subject has no weight.
with final as (
    select
        subjects.cycle,
        poll_means.subject,
        poll_means.poll,
        poll_means.item,
        poll_means.rater_group,
        structure.name,
        structure.weight,
        case when hidden.reason is null then poll_means.votes end as votes,
        case when hidden.reason is null then settle_score(poll_means.mean) end as mean
    from scoring.poll_means as poll_means
    inner join scoring.subjects as subjects on poll_means.subject = subjects.subject
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
    left join run.hidden as hidden
        on hidden.step = 'poll_group'
        and poll_means.subject = hidden.subject
        and poll_means.poll = hidden.poll
        and poll_means.item = hidden.item
        and poll_means.rater_group = hidden.id
)

select * from final
