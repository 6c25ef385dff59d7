-- Results of earlier cycles. One row per row of the history table before the cycle, ids
-- for names.
-- Subjects who are not in the cycle are kept and not used (specification of workbooks,
-- common rules).
with history as (
    select *
    from raw.history
),

polled as (
    select
        history.*,
        coalesce(words.id, history.poll) as poll_id
    from history
    left join staging.poll_words as words
        on words.part = 'poll'
        and history.poll = words.written
),

final as (
    select
        polled.cycle,
        coalesce(subjects.subject, names.subject, polled.subject) as subject,
        polled.total,
        polled.rank,
        polled.cohort_size,
        polled.grade,
        polled.poll_id as poll,
        coalesce(options.id, polled.answer) as answer,
        polled.rate,
        polled._upload,
        polled._sheet,
        polled._row,
        polled._column,
        polled._wide
    from polled
    left join staging.subjects as subjects on polled.subject = subjects.subject
    left join staging.names as names on polled.subject = names.name
    left join staging.poll_words as options
        on options.part = 'option'
        and polled.poll_id = options.poll
        and polled.answer = options.written
)

select * from final
