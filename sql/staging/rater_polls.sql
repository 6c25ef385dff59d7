-- Polls that are standardised by rater. One row per poll.
-- Their answers are compared on one rater's scale (specification, section 5).
with final as (
    select
        poll,
        trim
    from staging.polls
    where standardise = 'rater'
)

select * from final
