-- The component tree of everybody. One row per subject and component that applies.
-- `score` is what the component contributes as a leaf, NULL for one fed by children;
-- `poll` is the poll that feeds it (specification, section 6).
with tree as (
    select
        profiles.subject,
        tree.*
    from scoring.tree as tree
    inner join scoring.profiles as profiles on tree.profile = profiles.profile
),

final as (
    select
        tree.subject,
        tree.row_no,
        coalesce(components.applies, '') as applies,
        tree.component,
        tree.parent,
        coalesce(tree.name, tree.component) as name,
        tree.weight,
        tree.fed_by,
        words.id as poll,
        tree.aggregate,
        tree.min_present,
        tree.round,
        tree.missing,
        tree.depth,
        leaf_scores.own_score,
        leaf_scores.score,
        leaf_scores.coverage
    from tree
    inner join staging.components as components on tree.row_no = components.row_no
    left join scoring.leaf_scores as leaf_scores
        on tree.subject = leaf_scores.subject
        and tree.component = leaf_scores.component
    left join staging.poll_words as words
        on words.part = 'poll'
        and words.written = trim(substr(tree.fed_by, 6))
        and starts_with(tree.fed_by, 'poll:')
)

select * from final
