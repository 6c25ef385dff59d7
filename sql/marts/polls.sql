-- Poll results. One row per subject, poll, item and rater group with an answer.
-- Columns of the specification, section 13, and the group's name and weight; votes and
-- mean are blank where secrecy hides the cell. A group that does not count for the
-- subject has no weight. A group that is merged has neither: its votes stand with the
-- group that `merged_into` names, of which `merged` lists all.
with taken_in as (
    select
        subject,
        poll,
        merged_into,
        string_agg(rater_group, ';' order by rater_group) as merged
    from scoring.poll_merges
    group by subject, poll, merged_into
),

cells as (
    select
        subject,
        poll,
        item,
        rater_group,
        votes,
        mean,
        cast(null as varchar) as merged_into
    from scoring.poll_means
    union all
    select
        subject,
        poll,
        item,
        rater_group,
        null as votes,
        null as mean,
        merged_into
    from scoring.merged_cells
),

final as (
    select
        subjects.cycle,
        cells.subject,
        cells.poll,
        cells.item,
        cells.rater_group,
        structure.name,
        case when cells.merged_into is null then structure.weight end as weight,
        case when hidden.reason is null then cells.votes end as votes,
        case when hidden.reason is null then settle_score(cells.mean) end as mean,
        cells.merged_into,
        taken_in.merged
    from cells
    inner join scoring.subjects as subjects on cells.subject = subjects.subject
    inner join scoring.profiles as profiles on cells.subject = profiles.subject
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and cells.poll = structure.poll
        and cells.rater_group = structure.rater_group
    left join taken_in
        on cells.subject = taken_in.subject
        and cells.poll = taken_in.poll
        and cells.rater_group = taken_in.merged_into
    left join run.hidden as hidden
        on hidden.step = 'poll_group'
        and cells.subject = hidden.subject
        and cells.poll = hidden.poll
        and cells.item = hidden.item
        and cells.rater_group = hidden.id
)

select * from final
