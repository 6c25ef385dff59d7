-- Subjects whose leaf shares do not add to 1. One row per such subject.
-- A leaf is a component below which nothing has a share (specification, section 6).
with components as (
    select
        component_scores.subject,
        component_scores.component,
        component_scores.parent,
        component_shares.share
    from scoring.component_scores as component_scores
    inner join scoring.component_shares as component_shares
        on component_scores.subject = component_shares.subject
        and component_scores.component = component_shares.component
),

leaves as (
    select components.*
    from components
    left join components as children
        on components.subject = children.subject
        and components.component = children.parent
        and children.share > 0
    where children.component is null
),

sums as (
    select
        leaves.subject,
        sum(leaves.share) as share
    from leaves
    inner join scoring.totals as totals on leaves.subject = totals.subject
    where totals.base is not null
    group by leaves.subject
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        subject as found,
        plain(share) as count
    from sums
    where abs(share - 1) > 0.000001
)

select * from final
