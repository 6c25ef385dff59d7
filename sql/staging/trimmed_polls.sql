-- Polls whose extreme answers do not count. One row per poll.
-- Answers that are standardised by rater are trimmed afterwards (specification,
-- section 5).
with final as (
    select
        poll,
        trim
    from staging.polls
    where trim > 0
)

select * from final
