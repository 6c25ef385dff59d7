-- The ranking: what everybody scored, where they stand, which grade they get. One row
-- per subject that takes part.
-- Columns and order of the specification, section 13.
with flags as (
    select
        subject,
        string_agg(flag, ';' order by flag) as flags
    from scoring.flags
    group by subject
),

final as (
    select
        subjects.cycle,
        subjects.kind,
        subjects.platform,
        subjects.layer,
        subjects.subject,
        coalesce(subjects.name, '') as name,
        statuses.status,
        settle_score(totals.base) as base,
        totals.bonus,
        totals.deduction,
        totals.total,
        settle_score(totals.coverage) as coverage,
        cast(ranks.rank as bigint) as rank,
        coalesce(sizes.cohort_size, 0) as cohort_size,
        grades.grade,
        coalesce(flags.flags, '') as flags
    from scoring.subjects as subjects
    inner join scoring.statuses as statuses on subjects.subject = statuses.subject
    inner join scoring.totals as totals on subjects.subject = totals.subject
    left join scoring.ranks as ranks on subjects.subject = ranks.subject
    left join (
        select
            cohort_no,
            count(*) as cohort_size
        from scoring.standings
        group by cohort_no
    ) as sizes on subjects.cohort_no = sizes.cohort_no
    left join scoring.grades as grades on subjects.subject = grades.subject
    left join flags on subjects.subject = flags.subject
)

select * from final
