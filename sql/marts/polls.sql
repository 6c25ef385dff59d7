-- Poll results. One row per subject, poll, item and rater group with an answer.
-- Columns of the specification, section 13; votes and mean are blank where fewer than
-- `anonymity` valid votes stand behind them.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        poll_means.poll,
        poll_means.item,
        poll_means.rater_group,
        case when poll_means.votes >= settings.anonymity then poll_means.votes end
            as votes,
        case
            when poll_means.votes >= settings.anonymity then settle9(poll_means.mean)
        end as mean
    from scoring.poll_means as poll_means
    inner join scoring.subjects as subjects on poll_means.subject = subjects.subject
    cross join staging.settings as settings
)

select * from final
