-- The score of every component that is not fed by children. One row per subject and
-- such component.
-- Fed by indicators: their weighted mean over those that have a score, a missing one
-- with `missing=zero` scoring 0. `own_score` is what the component's source gives,
-- `coverage` the share of weight with data behind it; then come rounding and `missing`
-- (specification, sections 4 and 6).
with tree as (
    select
        profiles.subject,
        tree.*
    from scoring.tree as tree
    inner join scoring.profiles as profiles on tree.profile = profiles.profile
    where tree.fed_by != 'children'
),

parts as (
    select
        indicator_scores.subject,
        indicator_scores.component,
        indicators.weight,
        indicator_scores.has_data,
        indicator_scores.score
    from scoring.indicator_scores as indicator_scores
    inner join staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    where indicator_scores.component is not null
),

from_indicators as (
    select
        subject,
        component,
        count(*) filter (where has_data) as present_count,
        divide(
            as_score(sum(product(weight, score))),
            sum(weight) filter (where score is not null)
        ) as arithmetic,
        case
            when sum(weight) filter (where score is not null) = 0 then null
            when min(score) <= 0 then as_score(0)
            else
                exponential(
                    divide(
                        sum(weighted(weight, logarithm(nullif(greatest(score, 0), 0)))),
                        sum(weight) filter (where score is not null)
                    )
                )
        end as geometric,
        coalesce(
            divide(coalesce(sum(weight) filter (where has_data), 0), sum(weight)), 0
        ) as coverage
    from parts
    group by subject, component
),

sourced as (
    select
        tree.*,
        case
            when
                tree.fed_by = 'indicators'
                and coalesce(from_indicators.present_count, 0) < tree.min_present
                then null
            when
                tree.fed_by = 'indicators' and tree.aggregate = 'geometric'
                then from_indicators.geometric
            when tree.fed_by = 'indicators' then from_indicators.arithmetic
            when tree.fed_by = 'value' then component_values.score
            when tree.fed_by = 'parent' then as_score(subjects.parent_total)
            else poll_scores.score
        end as own_score,
        from_indicators.coverage as indicator_coverage
    from tree
    inner join scoring.subjects as subjects on tree.subject = subjects.subject
    left join from_indicators
        on tree.subject = from_indicators.subject
        and tree.component = from_indicators.component
    left join scoring.component_values as component_values
        on tree.subject = component_values.subject
        and tree.component = component_values.component
    left join staging.poll_words as words
        on words.part = 'poll'
        and words.written = trim(substr(tree.fed_by, 6))
        and starts_with(tree.fed_by, 'poll:')
    left join scoring.poll_scores as poll_scores
        on tree.subject = poll_scores.subject
        and words.id = poll_scores.poll
),

final as (
    select
        subject,
        component,
        parent,
        path,
        depth,
        weight,
        own_score,
        case
            when own_score is not null then rounded(own_score, round)
            when missing = 'zero' then as_score(0)
        end as score,
        case
            when fed_by = 'indicators' then coalesce(indicator_coverage, 0)
            when own_score is null then as_score(0)
            else as_score(1)
        end as coverage
    from sourced
)

select * from final
