-- Rater groups whose votes count as those of another, because too few of them came. One
-- row per subject, poll and rater group that is merged.
-- Only where the scheme names the next group. A group has as many votes as it has valid
-- ones on the item that has the fewest; along the line of groups those under
-- `anonymity` are added to the next one, until they are enough (docs/decisions.md).
with recursive lines as (
    select
        applicable.profile,
        lines.poll,
        lines.rater_group,
        lines.merge_into
    from staging.poll_lines as lines
    inner join scoring.applicable as applicable
        on applicable.scheme_table = 'poll_groups'
        and lines.row_no = applicable.row_no
    inner join scoring.poll_structure as structure
        on applicable.profile = structure.profile
        and lines.poll = structure.poll
        and lines.merge_into = structure.rater_group
),

items as (
    select
        votes.subject,
        votes.poll,
        votes.item,
        votes.rater_group,
        coalesce(sum(votes.votes) filter (where votes.parts is not null), 0) as votes
    from staging.votes as votes
    inner join scoring.subjects as subjects on votes.subject = subjects.subject
    where votes.poll in (select poll from lines)
        and votes.votes > 0
    group by votes.subject, votes.poll, votes.item, votes.rater_group
),

came as (
    select
        subject,
        poll,
        rater_group,
        cast(min(votes) as bigint) as votes
    from items
    group by subject, poll, rater_group
),

heads as (
    select distinct
        subjects.subject,
        lines.poll,
        lines.rater_group
    from lines
    inner join scoring.profiles as profiles on lines.profile = profiles.profile
    inner join scoring.subjects as subjects on profiles.subject = subjects.subject
    left join lines as before
        on lines.profile = before.profile
        and lines.poll = before.poll
        and lines.rater_group = before.merge_into
    where before.poll is null
),

walk as (
    select
        heads.subject,
        heads.poll,
        heads.rater_group,
        [heads.rater_group] as members,
        coalesce(came.votes, 0) as votes
    from heads
    left join came
        on heads.subject = came.subject
        and heads.poll = came.poll
        and heads.rater_group = came.rater_group
    union all
    select
        walk.subject,
        walk.poll,
        lines.merge_into as rater_group,
        case
            when walk.votes < settings.anonymity
                then list_append(walk.members, lines.merge_into)
            else [lines.merge_into]
        end as members,
        case when walk.votes < settings.anonymity then walk.votes else 0 end
        + coalesce(came.votes, 0) as votes
    from walk
    cross join staging.settings as settings
    inner join scoring.profiles as profiles on walk.subject = profiles.subject
    inner join lines
        on profiles.profile = lines.profile
        and walk.poll = lines.poll
        and walk.rater_group = lines.rater_group
    left join came
        on walk.subject = came.subject
        and walk.poll = came.poll
        and lines.merge_into = came.rater_group
),

merged as (
    select
        subject,
        poll,
        unnest(members) as rater_group,
        rater_group as merged_into,
        array_length(members) as size
    from walk
),

final as (
    select
        merged.subject,
        merged.poll,
        merged.rater_group,
        arg_max(merged.merged_into, merged.size) as merged_into
    from merged
    inner join came
        on merged.subject = came.subject
        and merged.poll = came.poll
        and merged.rater_group = came.rater_group
    group by merged.subject, merged.poll, merged.rater_group
    having arg_max(merged.merged_into, merged.size) != merged.rater_group
)

select * from final
