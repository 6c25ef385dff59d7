-- The cells that a score was made from. One row per subject and input cell; never a
-- ballot or a tally.
-- What a number is traced back to: file, sheet and cell as uploaded. What it said is
-- blank where it would give ballots away.
with results as (
    select
        results.subject,
        case
            when
                results.indicator in (select indicator from staging.indicators)
                then 'indicator'
            else 'component'
        end
            as step,
        results.indicator as id,
        results.period,
        results.answer as value,
        results.plan,
        results._upload,
        results._sheet,
        results._row,
        results._column
    from staging.results as results
),

events as (
    select
        subject,
        'event' as step,
        type as id,
        coalesce(cast(date as varchar), '') as period,
        plain(points) as value,
        cast(null as decimal(28, 9)) as plan,
        _upload,
        _sheet,
        _row,
        _column
    from staging.events
),

roster as (
    select
        subject,
        'roster' as step,
        subject as id,
        '' as period,
        coalesce(name, '') as value,
        cast(null as decimal(28, 9)) as plan,
        _upload,
        _sheet,
        _row,
        _column
    from staging.subjects
),

traced as (
    select * from results
    union all
    select * from events
    union all
    select * from roster
),

final as (
    select
        subjects.cycle,
        traced.subject,
        traced.step,
        traced.id,
        traced.period,
        case when hidden.reason is null then traced.value end as value,
        case when hidden.reason is null then traced.plan end as plan,
        coalesce(uploads.file, '') as file,
        traced._sheet as sheet,
        traced._row as row,
        column_letters(traced._column) || cast(traced._row as varchar) as cell
    from traced
    inner join scoring.subjects as subjects on traced.subject = subjects.subject
    left join raw.uploads as uploads on traced._upload = uploads.upload
    left join run.hidden as hidden
        on traced.subject = hidden.subject
        and traced.step = hidden.step
        and traced.id = hidden.id
)

select * from final
