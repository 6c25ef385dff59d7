-- What earlier cycles gave. One row per subject of the cycle and past cycle of the history table.
-- Past poll rates stand in the same table on rows of their own and are left out (specification of workbooks, history).
with history as (
    select *
    from staging.history
),

subjects as (
    select *
    from staging.subjects
),

final as (
    select
        subjects.cycle,
        history.subject,
        history.cycle as past_cycle,
        max(history.total) as total,
        max(history.rank) as rank,
        max(history.cohort_size) as cohort_size,
        max(history.grade) as grade
    from history
    inner join subjects on history.subject = subjects.subject
    where history.cycle < subjects.cycle
        and (history.total is not null or history.rank is not null or history.grade is not null)
    group by subjects.cycle, history.subject, history.cycle
)

select * from final
