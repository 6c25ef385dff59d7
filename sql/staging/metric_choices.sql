-- The options or grades that a metric counts. One row per metric and choice, options by
-- id.
-- Metrics name options by id, else name, polls likewise (specification, sections 5 and
-- 8).
with metrics as (
    select *
    from staging.metrics
    where choices is not null
),

split as (
    select
        metric,
        kind,
        subject_of,
        trim(unnest(string_split(choices, '+'))) as choice
    from metrics
),

polled as (
    select
        split.metric,
        split.kind,
        split.choice,
        coalesce(words.id, split.subject_of) as poll
    from split
    left join staging.poll_words as words
        on words.part = 'poll' and split.subject_of = words.written
),

final as (
    select distinct
        polled.metric,
        polled.kind,
        polled.poll,
        coalesce(options.id, polled.choice) as choice
    from polled
    left join staging.poll_words as options
        on options.part = 'option'
        and polled.kind not in ('streak', 'grades')
        and polled.poll = options.poll
        and polled.choice = options.written
)

select * from final
