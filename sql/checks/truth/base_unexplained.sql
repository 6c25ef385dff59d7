-- Subjects whose base their leaves do not explain. One row per such subject.
-- The base is the sum of share times score over the leaves; not asked below geometric
-- or rounded nodes, where it need not hold (specification, section 6).
with components as (
    select
        component_scores.subject,
        component_scores.component,
        component_scores.parent,
        component_scores.score,
        component_shares.share
    from scoring.component_scores as component_scores
    inner join scoring.component_shares as component_shares
        on component_scores.subject = component_shares.subject
        and component_scores.component = component_shares.component
),

bent as (
    select distinct profiles.subject
    from scoring.tree as tree
    inner join scoring.profiles as profiles on tree.profile = profiles.profile
    where tree.fed_by = 'children'
        and (tree.aggregate = 'geometric' or tree.round is not null)
),

leaves as (
    select components.*
    from components
    left join components as children
        on components.subject = children.subject
        and components.component = children.parent
        and children.share > 0
    where children.component is null
        and components.share > 0
        and components.subject not in (select subject from bent)
),

sums as (
    select
        subject,
        sum(cast(share as decimal(14, 12)) * cast(score as decimal(24, 9))) as base
    from leaves
    group by subject
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        sums.subject as found,
        plain(totals.base) as base,
        plain(sums.base) as count
    from sums
    inner join scoring.totals as totals on sums.subject = totals.subject
    where abs(totals.base - sums.base) > 0.000001
)

select * from final
