-- What surveys answered year by year. One row per year up to $cycle, question, group
-- and answer.
with final as (
    select
        cycle,
        question,
        respondent_group,
        answer,
        answers,
        respondents
    from marts.survey
    where cycle <= $cycle
    order by cycle, question, respondent_group, answer
)

select * from final
