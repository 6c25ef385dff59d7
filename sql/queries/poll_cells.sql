-- What each rater group thinks of each subject. One row per subject, item and rater
-- group of $poll in $cycle.
-- Votes are blank where the cell is hidden or the group is merged into another, the
-- mean also where a group is absent.
-- `anonymity` is the setting. $kind, $platform and $layer narrow it; null: all.
with settings as (
    select coalesce(max(as_number(value)), 5) as anonymity
    from marts.rules
    where cycle = $cycle
        and "table" = 'settings'
        and id = 'anonymity'
),

final as (
    select
        ranking.subject,
        ranking.name,
        ranking.platform,
        ranking.layer,
        polls.item,
        polls.rater_group,
        polls.votes,
        polls.mean,
        polls.votes is null and polls.merged_into is null as is_hidden,
        polls.merged_into,
        cast(settings.anonymity as integer) as anonymity
    from marts.polls as polls
    inner join marts.ranking as ranking
        on polls.cycle = ranking.cycle
        and polls.subject = ranking.subject
    cross join settings
    where polls.cycle = $cycle
        and polls.poll = $poll
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by
        polls.mean desc nulls last,
        ranking.subject asc,
        polls.item asc,
        polls.rater_group asc
)

select * from final
