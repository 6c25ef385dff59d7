-- The thresholds of steps and interp, read from `at=0:0, 60:60`. One row per indicator
-- row and threshold.
-- Each step holds the next one too, so that interp needs no search (specification,
-- section 4).
with indicators as (
    select
        row_no,
        steps
    from staging.indicators
    where steps is not null
),

parts as (
    select
        row_no,
        unnest(string_split(steps, ',')) as part
    from indicators
),

typed as (
    select
        row_no,
        as_number(trim(string_split(part, ':')[1])) as threshold,
        as_number(trim(string_split(part, ':')[2])) as score
    from parts
),

final as (
    select
        row_no,
        threshold,
        score,
        lead(threshold) over (partition by row_no order by threshold) as next_threshold,
        lead(score) over (partition by row_no order by threshold) as next_score
    from typed
)

select * from final
