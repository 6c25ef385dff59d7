-- The cells of polls that secrecy has to look at. One row per subject, poll, item and
-- rater group with an answer, of the items where some group is under `anonymity` or
-- unanimous.
-- `weight` is what the group's mean weighs in the item's score, 0 where it is absent.
-- A panel is unanimous where it is small, under twice `anonymity`, all its valid votes
-- are the same, and it is not the only one: the mean of an only panel is the official
-- score of the item.
with settings as (
    select *
    from staging.settings
),

cells as (
    select
        poll_means.subject,
        poll_means.poll,
        poll_means.item,
        poll_means.rater_group,
        poll_means.votes,
        case when poll_means.mean is null then 0 else coalesce(structure.weight, 0) end
            as weight,
        poll_cells.is_unanimous
        and poll_means.votes < 2 * settings.anonymity
        and count(*)
            over (
                partition by poll_means.subject, poll_means.poll, poll_means.item
            )
        > 1 as is_unanimous
    from scoring.poll_means as poll_means
    cross join settings
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
    inner join scoring.poll_cells as poll_cells
        on poll_means.subject = poll_cells.subject
        and poll_means.poll = poll_cells.poll
        and poll_means.item = poll_cells.item
        and poll_means.rater_group = poll_cells.rater_group
),

weighed as (
    select
        cells.*,
        bool_or(cells.votes < settings.anonymity or cells.is_unanimous) over (
            partition by cells.subject, cells.poll, cells.item
        ) as is_touched
    from cells
    cross join settings
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
