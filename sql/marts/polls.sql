-- Poll results. One row per subject, poll, item and rater group with an answer.
-- Columns of the specification, section 13; votes and mean are blank where secrecy
-- hides the cell.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        poll_means.poll,
        poll_means.item,
        poll_means.rater_group,
        case when hidden.reason is null then poll_means.votes end as votes,
        case when hidden.reason is null then settle9(poll_means.mean) end as mean
    from scoring.poll_means as poll_means
    inner join scoring.subjects as subjects on poll_means.subject = subjects.subject
    left join run.hidden as hidden
        on hidden.step = 'poll_group'
        and poll_means.subject = hidden.subject
        and poll_means.poll = hidden.poll
        and poll_means.item = hidden.item
        and poll_means.rater_group = hidden.id
)

select * from final
