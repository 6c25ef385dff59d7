-- The cells of polls that secrecy has to look at. One row per subject, poll, item and
-- rater group with an answer, of the items where some group is under `anonymity` or
-- unanimous.
-- `weight` is what the group's mean weighs in the item's score, 0 where it is absent.
-- A panel is unanimous where it is small, under twice `anonymity`, all its valid votes
-- are the same, and it is not the only one: the mean of an only panel is the official
-- score of the item.
with panels as (
    select
        poll_cells.*,
        poll_cells.is_unanimous
        and poll_cells.votes < 2 * settings.anonymity as is_small_and_unanimous,
        poll_cells.votes < settings.anonymity as is_thin
    from scoring.poll_cells as poll_cells
    cross join staging.settings as settings
),

touched as (
    select
        subject,
        poll,
        item
    from panels
    where is_thin
        or is_small_and_unanimous
    group by subject, poll, item
),

cells as (
    select
        panels.subject,
        panels.poll,
        panels.item,
        panels.rater_group,
        panels.votes,
        panels.is_thin,
        panels.is_small_and_unanimous
        and count(*) over (partition by panels.subject, panels.poll, panels.item) > 1
            as is_unanimous
    from panels
    inner join touched
        on panels.subject = touched.subject
        and panels.poll = touched.poll
        and panels.item = touched.item
),

weighed as (
    select
        cells.*,
        case when poll_means.mean is null then 0 else coalesce(structure.weight, 0) end
            as weight,
        bool_or(cells.is_thin or cells.is_unanimous) over (
            partition by cells.subject, cells.poll, cells.item
        ) as is_touched
    from cells
    inner join scoring.poll_means as poll_means
        on cells.subject = poll_means.subject
        and cells.poll = poll_means.poll
        and cells.item = poll_means.item
        and cells.rater_group = poll_means.rater_group
    inner join scoring.profiles as profiles on cells.subject = profiles.subject
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and cells.poll = structure.poll
        and cells.rater_group = structure.rater_group
),

final as (
    select
        subject,
        poll,
        item,
        rater_group,
        votes,
        weight,
        is_unanimous
    from weighed
    where is_touched
)

select * from final
