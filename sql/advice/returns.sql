-- Ballots of every meeting against the votes that were entered. One row per poll,
-- rater group and meeting with turnout.
-- `counted` is the most votes that any one subject of the meeting has on one item, by
-- the group that they came from (specification, section 8).
with votes as (
    select
        poll_votes.poll,
        poll_votes.rater_group,
        poll_votes.subject,
        subjects.parent,
        poll_votes.item,
        sum(poll_votes.votes) as votes
    from staging.votes as poll_votes
    inner join scoring.subjects as subjects on poll_votes.subject = subjects.subject
    group by
        poll_votes.poll,
        poll_votes.rater_group,
        poll_votes.subject,
        subjects.parent,
        poll_votes.item
),

meetings as (
    select
        poll,
        case when poll in (select poll from staging.poll_groups) then rater_group end
            as rater_group,
        subject,
        sum(eligible) as eligible,
        sum(issued) as issued,
        sum(returned) as returned,
        sum(void) as void
    from staging.turnout
    group by all
),

final as (
    select
        meetings.poll,
        coalesce(meetings.rater_group, 'all') as rater_group,
        meetings.subject,
        cast(meetings.eligible as bigint) as eligible,
        cast(meetings.issued as bigint) as issued,
        cast(meetings.returned as bigint) as returned,
        cast(meetings.void as bigint) as void,
        cast(max(votes.votes) as bigint) as counted
    from meetings
    left join votes
        on meetings.poll = votes.poll
        and coalesce(meetings.rater_group, votes.rater_group) = votes.rater_group
        and meetings.subject in ('', votes.subject, votes.parent)
    group by
        meetings.poll,
        meetings.rater_group,
        meetings.subject,
        meetings.eligible,
        meetings.issued,
        meetings.returned,
        meetings.void
)

select * from final
