-- From those entitled to vote to valid ballots. One row per poll and rater group.
-- Summed over all meetings of the cycle; blank where fewer than `anonymity` ballots
-- came back (specification, sections 5 and 8).
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

final as (
    select
        settings.cycle,
        turnout.poll,
        turnout.rater_group,
        turnout.meetings,
        turnout.eligible,
        turnout.present,
        case when turnout.returned >= settings.anonymity then turnout.issued end
            as issued,
        case when turnout.returned >= settings.anonymity then turnout.returned end
            as returned,
        case when turnout.returned >= settings.anonymity then turnout.void end as void
    from turnout
    cross join staging.settings as settings
    -- Where kinds are scored one after another, the first pass tells it.
    where
        (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
