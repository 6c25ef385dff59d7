-- The metrics that gates and tie-breaks ask for. One row per metric.
-- `subject_of` is the id of a component, or of a poll whatever it was called
-- (specification, section 8).
with final as (
    select
        metrics.metric,
        metrics.kind,
        coalesce(words.id, metrics.subject_of) as subject_of
    from staging.metrics as metrics
    left join staging.poll_words as words
        on metrics.kind in ('poll', 'rate', 'votes', 'attendee_rate')
        and words.part = 'poll'
        and metrics.subject_of = words.written
)

select * from final
