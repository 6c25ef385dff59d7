-- From those entitled to vote to valid ballots. One row per poll and rater group.
-- Summed over all meetings of the cycle; blank where fewer than `anonymity` ballots
-- came back, and where a cell of the group is hidden or merged: what came back, less
-- the cells that are shown, is the rest (specification, sections 5 and 8).
with turnout as (
    select
        poll,
        rater_group,
        count(*) as meetings,
        cast(sum(eligible) as bigint) as eligible,
        cast(sum(present) as bigint) as present,
        cast(sum(issued) as bigint) as issued,
        cast(sum(returned) as bigint) as returned,
        cast(sum(void) as bigint) as void
    from staging.turnout
    group by poll, rater_group
),

judged as (
    select
        turnout.*,
        turnout.returned >= settings.anonymity
        and not exists (
            select 1
            from run.hidden as hidden
            where hidden.step = 'poll_group'
                and hidden.poll = turnout.poll
                and turnout.rater_group in ('', 'all', hidden.id)
        )
        and not exists (
            select 1
            from scoring.poll_merges as poll_merges
            where turnout.poll = poll_merges.poll
                and turnout.rater_group in (
                    poll_merges.rater_group, poll_merges.merged_into
                )
        ) as is_told
    from turnout
    cross join staging.settings as settings
),

final as (
    select
        settings.cycle,
        turnout.poll,
        turnout.rater_group,
        turnout.meetings,
        turnout.eligible,
        case when turnout.is_told then turnout.present end as present,
        case when turnout.is_told then turnout.issued end as issued,
        case when turnout.is_told then turnout.returned end as returned,
        case when turnout.is_told then turnout.void end as void
    from judged as turnout
    cross join staging.settings as settings
    -- Where kinds are scored one after another, the last pass tells it: then it is
    -- known of all cells whether they are hidden.
    where
        (
            select max(kind_order) from staging.subjects
            where status != 'excluded'
                and kind in (select kind from run.kinds)
        ) is not distinct from (
            select max(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
