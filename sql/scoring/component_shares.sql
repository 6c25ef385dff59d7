-- The effective share of every component in the total. One row per subject and
-- component that applies.
-- Its weight after renormalising over the siblings that have a score, times the share
-- of its parent; 0 without a score and below a node without a score of its own
-- (specification, section 6).
with recursive component_scores as (
    select *
    from scoring.component_scores
),

sibling_weights as (
    select
        subject,
        coalesce(parent, '') as parent,
        sum(weight) as weight
    from component_scores
    where score is not null
    group by subject, coalesce(parent, '')
),

parts as (
    select
        component_scores.subject,
        component_scores.component,
        component_scores.parent,
        component_scores.own_score,
        case
            when component_scores.score is null then as_score(0)
            else coalesce(divide(component_scores.weight, sibling_weights.weight), 0)
        end as part
    from component_scores
    left join sibling_weights
        on component_scores.subject = sibling_weights.subject
        and coalesce(component_scores.parent, '') = sibling_weights.parent
),

shares as (
    select
        subject,
        component,
        part as share,
        own_score is not null as passes_down
    from parts
    where parent is null
    union all
    select
        parts.subject,
        parts.component,
        case
            when shares.passes_down then share_of(shares.share, parts.part) else
                as_score(0)
        end as share,
        parts.own_score is not null and shares.passes_down as passes_down
    from shares
    inner join parts
        on shares.subject = parts.subject
        and shares.component = parts.parent
),

final as (
    select
        subject,
        component,
        share
    from shares
)

select * from final
