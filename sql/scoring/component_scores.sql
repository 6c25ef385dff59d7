-- The score of every component that applies. One row per subject and component; the
-- score may be NULL.
-- From the deepest level up: a node is the mean of its children that have a score,
-- weighted, arithmetic or geometric; with fewer than `min_present` children that have
-- data behind them it has none (specification, section 6).
with recursive tree as (
    select
        profiles.subject,
        tree.*
    from scoring.tree as tree
    inner join scoring.profiles as profiles on tree.profile = profiles.profile
    where tree.fed_by = 'children'
),

leaf_scores as (
    select subject, component, parent, path, depth, weight, own_score, score, coverage
    from scoring.leaf_scores
),

levels as (
    select
        (select max(depth) from scoring.tree) as level,
        leaf_scores.*
    from leaf_scores
    union all
    (
        with above as (
            select *
            from levels
            where depth < level
        ),

        grouped as (
            select
                subject,
                parent as component,
                max(level) as level,
                count(*) filter (where score is not null and coverage > 0)
                    as present_count,
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
                                sum(
                                    weighted(
                                        weight, logarithm(nullif(greatest(score, 0), 0))
                                    )
                                ),
                                sum(weight) filter (where score is not null)
                            )
                        )
                end as geometric,
                coalesce(
                    divide(as_score(sum(product(weight, coverage))), sum(weight)), 0
                ) as coverage
            from levels
            where depth = level
                and level > 1
            group by subject, parent
        ),

        sourced as (
            select
                tree.*,
                grouped.level,
                grouped.coverage,
                case
                    when grouped.present_count < tree.min_present then null
                    when tree.aggregate = 'geometric' then grouped.geometric
                    else grouped.arithmetic
                end as own_score
            from grouped
            inner join tree
                on grouped.subject = tree.subject
                and grouped.component = tree.component
        )

        select
            level - 1 as level,
            subject,
            component,
            parent,
            path,
            depth,
            weight,
            own_score,
            score,
            coverage
        from above
        union all
        select
            level - 1 as level,
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
            coverage
        from sourced
    )
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
        score,
        coverage
    from levels
    where depth = level
)

select * from final
