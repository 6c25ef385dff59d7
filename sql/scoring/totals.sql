-- Base, bonus, deduction and official total. One row per subject.
-- total = base + bonus - deduction, clipped, then settled at rank_decimals; without a
-- base there is none (specification, sections 3, 6, 7).
with roots as (
    select
        subject,
        divide(
            as_score(sum(product(weight, score))),
            sum(weight) filter (where score is not null)
        ) as base,
        coalesce(divide(as_score(sum(product(weight, coverage))), sum(weight)), 0)
            as coverage
    from scoring.component_scores
    where parent is null
    group by subject
),

adjusted as (
    select
        subject,
        coalesce(sum(amount) filter (where sign = '+'), 0) as bonus,
        coalesce(sum(amount) filter (where sign = '-'), 0) as deduction
    from scoring.adjustment_sums
    group by subject
),

summed as (
    select
        subjects.subject,
        roots.base,
        coalesce(roots.coverage, 0) as coverage,
        least(
            coalesce(adjusted.bonus, 0), coalesce(settings.bonus_cap, adjusted.bonus, 0)
        ) as bonus,
        least(
            coalesce(adjusted.deduction, 0),
            coalesce(settings.deduction_cap, adjusted.deduction, 0)
        ) as deduction,
        settings.total_min,
        settings.total_max,
        settings.rank_decimals,
        settings.min_coverage
    from scoring.subjects as subjects
    cross join staging.settings as settings
    left join roots on subjects.subject = roots.subject
    left join adjusted on subjects.subject = adjusted.subject
),

clipped as (
    select
        *,
        greatest(
            least(
                base + bonus - deduction, coalesce(total_max, base + bonus - deduction)
            ),
            total_min
        ) as exact_total
    from summed
),

final as (
    select
        subject,
        base,
        cast(bonus as decimal(38, 9)) as bonus,
        cast(deduction as decimal(38, 9)) as deduction,
        case when base is not null then settle(exact_total, rank_decimals) end as total,
        coverage,
        base is null or settle9(coverage) < min_coverage as is_incomplete
    from clipped
)

select * from final
