-- What each rater group's mean weighs. One row per subject, poll, item and rater group
-- with a mean.
-- Groups and items as they apply to the subject (specification, section 5).
with groups as (
    select
        applicable.profile,
        poll_groups.poll,
        poll_groups.rater_group,
        coalesce(poll_groups.applies, '') as applies
    from scoring.applicable as applicable
    inner join staging.poll_groups as poll_groups
        on applicable.row_no = poll_groups.row_no
    where applicable.scheme_table = 'poll_groups'
),

final as (
    select
        poll_means.subject,
        poll_means.poll,
        poll_means.item,
        poll_means.rater_group,
        coalesce(structure.name, poll_means.rater_group) as group_name,
        poll_means.votes,
        poll_means.mean,
        structure.weight as group_weight,
        coalesce(groups.applies, '') as applies,
        items.weight as item_weight,
        polls.trim,
        polls.round,
        polls.standardise
    from scoring.poll_means as poll_means
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    inner join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
    left join groups
        on profiles.profile = groups.profile
        and poll_means.poll = groups.poll
        and poll_means.rater_group = groups.rater_group
    inner join scoring.poll_items as items
        on poll_means.poll = items.poll
        and poll_means.item = items.item
    inner join staging.polls as polls on poll_means.poll = polls.poll
    where poll_means.mean is not null
)

select * from final
