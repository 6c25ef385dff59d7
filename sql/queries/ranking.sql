-- The ranking with the year before. One row per subject of $cycle.
-- $kind, $platform and $layer narrow it; null: all of them. previous_* come from the
-- year before and from no earlier one: a missing cycle is not bridged. percentile is
-- the share of the other ranked subjects of the cohort that stand behind: the one
-- figure that compares across cohorts; alone in a cohort it is 1. decided_grade is what
-- the deciding meeting chose beside the rule's grade.
with ranking as (
    select *
    from marts.ranking
),

built as (
    select
        subject,
        total,
        rank,
        grade
    from ranking
    where cycle = $cycle - 1
),

told as (
    select
        history.subject,
        history.total,
        history.rank,
        history.grade
    from marts.history as history
    left join built on history.subject = built.subject
    where history.cycle = $cycle
        and history.past_cycle = $cycle - 1
        and built.subject is null
),

previous as (
    select *
    from built
    union all
    select *
    from told
),

final as (
    select
        ranking.kind,
        ranking.platform,
        ranking.layer,
        ranking.subject,
        ranking.name,
        ranking.status,
        ranking.rank,
        cast(previous.rank - ranking.rank as integer) as rank_change,
        ranking.total,
        ranking.total - previous.total as total_change,
        ranking.base,
        ranking.bonus,
        ranking.deduction,
        ranking.coverage,
        ranking.cohort_size,
        case
            when ranking.rank is not null
                then coalesce(
                        divide(
                            ranking.cohort_size - ranking.rank,
                            ranking.cohort_size - 1
                        ),
                        1
                    )
        end as percentile,
        ranking.grade,
        choices.decided_grade,
        choices.authority,
        choices.reason as decision_reason,
        previous.rank as previous_rank,
        previous.total as previous_total,
        previous.grade as previous_grade,
        ranking.flags
    from ranking
    left join previous on ranking.subject = previous.subject
    left join marts.choices as choices
        on ranking.cycle = choices.cycle
        and ranking.subject = choices.subject
    where ranking.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    order by
        list_position(['unit', 'team', 'person', 'candidate'], ranking.kind),
        ranking.platform,
        ranking.layer,
        ranking.rank,
        ranking.subject
)

select * from final
