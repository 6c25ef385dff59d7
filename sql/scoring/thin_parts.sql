-- What the scores are made of where that could give ballots away. One row per part of a
-- score, of the subjects with an item under `anonymity`.
-- A part is known by `step`, `id`, and for polls `poll`; its `whole` by the same. The
-- base is the whole of all. A part without a score of its own has no parts.
with subjects as (
    select distinct subject
    from scoring.thin_items
),

components as (
    select
        component_scores.*,
        tree.fed_by
    from scoring.component_scores as component_scores
    inner join subjects on component_scores.subject = subjects.subject
    inner join scoring.profiles as profiles
        on component_scores.subject = profiles.subject
    inner join scoring.tree as tree
        on profiles.profile = tree.profile
        and component_scores.component = tree.component
    where component_scores.score is not null
),

component_parts as (
    select
        components.subject,
        case when components.parent is null then 'base' else 'component' end
            as whole_step,
        coalesce(components.parent, '') as whole,
        'component' as step,
        '' as poll,
        components.component as id,
        components.weight,
        components.depth,
        components.own_score is null or components.fed_by = 'parent' as is_known
    from components
    left join components as parents
        on components.subject = parents.subject
        and components.parent = parents.component
    where components.parent is null
        or parents.own_score is not null
),

indicator_parts as (
    select
        components.subject,
        'component' as whole_step,
        components.component as whole,
        'indicator' as step,
        '' as poll,
        indicator_scores.indicator as id,
        indicators.weight,
        1000 as depth,
        false as is_known
    from components
    inner join scoring.indicator_scores as indicator_scores
        on components.subject = indicator_scores.subject
        and components.component = indicator_scores.component
        and components.fed_by = 'indicators'
    inner join staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    where indicator_scores.score is not null
        and components.own_score is not null
),

item_parts as (
    select
        components.subject,
        'component' as whole_step,
        components.component as whole,
        'poll_item' as step,
        item_scores.poll,
        item_scores.item as id,
        items.weight,
        1001 as depth,
        false as is_known
    from components
    inner join staging.poll_words as words
        on words.part = 'poll'
        and starts_with(components.fed_by, 'poll:')
        and words.written = trim(substr(components.fed_by, 6))
    inner join scoring.poll_item_scores as item_scores
        on components.subject = item_scores.subject
        and words.id = item_scores.poll
    inner join scoring.poll_items as items
        on item_scores.poll = items.poll
        and item_scores.item = items.item
    where item_scores.score is not null
        and components.own_score is not null
),

group_parts as (
    select
        poll_means.subject,
        'poll_item' as whole_step,
        poll_means.item as whole,
        'poll_group' as step,
        poll_means.poll,
        poll_means.rater_group as id,
        case when poll_means.mean is null then 0 else coalesce(structure.weight, 0) end
            as weight,
        1002 as depth,
        false as is_known
    from scoring.poll_means as poll_means
    inner join subjects on poll_means.subject = subjects.subject
    inner join scoring.profiles as profiles on poll_means.subject = profiles.subject
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_means.poll = structure.poll
        and poll_means.rater_group = structure.rater_group
),

parts as (
    select *, cast(null as bigint) as votes from component_parts
    union all
    select *, cast(null as bigint) as votes from indicator_parts
    union all
    select *, cast(null as bigint) as votes from item_parts
    union all
    select
        group_parts.*,
        poll_means.votes
    from group_parts
    inner join scoring.poll_means as poll_means
        on group_parts.subject = poll_means.subject
        and group_parts.poll = poll_means.poll
        and group_parts.whole = poll_means.item
        and group_parts.id = poll_means.rater_group
),

final as (
    select distinct *
    from parts
)

select * from final
