-- What each person answered to the closed questions of a survey. One row per question,
-- respondent and answer.
-- Of the groups that may be told of; what of it may be seen is decided where it is
-- counted.
with final as (
    select
        question,
        respondent,
        answer
    from staging.survey_sheets
    where is_told
)

select * from final
