-- Every step of a score, from the total down to its parts. One row per subject and step
-- of its score tree.
-- `path` sorts the steps as a tree. An item of a poll names it in `poll`: what its
-- rater groups gave stands in the mart `polls`. Numbers are blank and the note is
-- `suppressed` where they would give ballots away.
with totals as (
    select
        subject,
        '0' as path,
        0 as depth,
        'total' as step,
        '' as id,
        '' as name,
        cast(null as decimal(28, 9)) as weight,
        cast(total as decimal(38, 12)) as score,
        cast(null as decimal(38, 12)) as share,
        coverage,
        cast(null as decimal(38, 9)) as value,
        cast(null as decimal(38, 9)) as target,
        '' as note
    from scoring.totals
    union all
    select
        subject,
        '1' as path,
        1 as depth,
        'base' as step,
        '' as id,
        '' as name,
        null as weight,
        base as score,
        null as share,
        coverage,
        null as value,
        null as target,
        '' as note
    from scoring.totals
),

components as (
    select
        component_scores.subject,
        '1' || chr(31) || component_scores.path as path,
        1 + component_scores.depth as depth,
        'component' as step,
        component_scores.component as id,
        coalesce(tree.name, '') as name,
        component_scores.weight,
        component_scores.score,
        component_shares.share,
        component_scores.coverage,
        cast(null as decimal(38, 9)) as value,
        cast(null as decimal(38, 9)) as target,
        tree.fed_by as note
    from scoring.component_scores as component_scores
    inner join scoring.profiles as profiles
        on component_scores.subject = profiles.subject
    inner join scoring.tree as tree
        on profiles.profile = tree.profile
        and component_scores.component = tree.component
    inner join scoring.component_shares as component_shares
        on component_scores.subject = component_shares.subject
        and component_scores.component = component_shares.component
),

indicator_weights as (
    select
        indicator_scores.subject,
        indicator_scores.component,
        sum(indicators.weight) as weight
    from scoring.indicator_scores as indicator_scores
    inner join staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    where indicator_scores.score is not null
    group by indicator_scores.subject, indicator_scores.component
),

indicators as (
    select
        indicator_scores.subject,
        coalesce(components.path, '4')
        || chr(31)
        || '~'
        || indicator_scores.indicator as path,
        coalesce(components.depth, 0) + 1 as depth,
        'indicator' as step,
        indicator_scores.indicator as id,
        coalesce(indicators.name, '') as name,
        indicators.weight,
        indicator_scores.score,
        case
            when indicator_scores.score is null then as_score(0)
            else share_of(
                    components.share,
                    coalesce(divide(indicators.weight, indicator_weights.weight), 0)
                )
        end as share,
        as_score(case when indicator_scores.has_data then 1 else 0 end) as coverage,
        indicator_scores.value,
        indicator_scores.target,
        indicators.method as note
    from scoring.indicator_scores as indicator_scores
    inner join staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    left join components
        on indicator_scores.subject = components.subject
        and indicator_scores.component = components.id
    left join indicator_weights
        on indicator_scores.subject = indicator_weights.subject
        and indicator_scores.component = indicator_weights.component
),

polled as (
    select
        components.subject,
        components.path,
        components.depth,
        words.id as poll
    from components
    inner join staging.poll_words as words
        on words.part = 'poll'
        and words.written = trim(substr(components.note, 6))
        and starts_with(components.note, 'poll:')
),

poll_items as (
    select
        polled.subject,
        polled.path || chr(31) || '~' || item_scores.item as path,
        polled.depth + 1 as depth,
        'poll_item' as step,
        item_scores.item as id,
        coalesce(items.name, '') as name,
        items.weight,
        item_scores.score,
        cast(null as decimal(38, 12)) as share,
        cast(null as decimal(38, 12)) as coverage,
        cast(item_scores.votes as decimal(38, 9)) as value,
        cast(null as decimal(38, 9)) as target,
        '' as note,
        polled.poll
    from polled
    inner join scoring.poll_item_scores as item_scores
        on polled.subject = item_scores.subject
        and polled.poll = item_scores.poll
    inner join scoring.poll_items as items
        on item_scores.poll = items.poll
        and item_scores.item = items.item
),

adjusted as (
    select
        subject,
        case sign when '+' then '2' else '3' end as path,
        1 as depth,
        case sign when '+' then 'bonus' else 'deduction' end as step,
        '' as id,
        '' as name,
        cast(null as decimal(28, 9)) as weight,
        as_score(case sign when '+' then bonus else deduction end) as score,
        cast(null as decimal(38, 12)) as share,
        cast(null as decimal(38, 12)) as coverage,
        cast(null as decimal(38, 9)) as value,
        cast(null as decimal(38, 9)) as target,
        '' as note
    from scoring.totals
    cross join (select unnest(['+', '-']) as sign)
),

events as (
    select
        subject,
        case sign when '+' then '2' else '3' end || chr(31) || type as path,
        2 as depth,
        'event' as step,
        type as id,
        coalesce(name, '') as name,
        cast(null as decimal(28, 9)) as weight,
        as_score(amount) as score,
        cast(null as decimal(38, 12)) as share,
        cast(null as decimal(38, 12)) as coverage,
        cast(event_count as decimal(38, 9)) as value,
        cast(cap as decimal(38, 9)) as target,
        case when amount < uncapped then 'capped' else '' end as note
    from scoring.adjustment_sums
),

steps as (
    select *, '' as poll from totals
    union all
    select *, '' as poll from components
    union all
    select *, '' as poll from indicators
    union all
    select * from poll_items
    union all
    select *, '' as poll from adjusted
    union all
    select *, '' as poll from events
),

final as (
    select
        subjects.cycle,
        steps.subject,
        steps.path,
        steps.depth,
        steps.step,
        steps.id,
        steps.name,
        steps.weight,
        case when hidden.reason is null then settle_score(steps.score) end as score,
        settle_score(steps.share) as share,
        settle_score(steps.coverage) as coverage,
        case when hidden.reason is null then steps.value end as value,
        case when hidden.reason is null then steps.target end as target,
        case when hidden.reason is null then steps.note else 'suppressed' end as note,
        steps.poll
    from steps
    inner join scoring.subjects as subjects on steps.subject = subjects.subject
    left join run.hidden as hidden
        on steps.subject = hidden.subject
        and steps.step = hidden.step
        and steps.id = hidden.id
        and steps.poll = hidden.poll
)

select * from final
