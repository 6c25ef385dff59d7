-- What a survey answered. One row per question, group and answer.
-- `respondents` is how many people of the group answered the question at all. A group
-- counts where at least twice `anonymity` of it answered, and what is hidden is in no
-- sum.
with answers as (
    select
        question,
        respondent_group,
        answer,
        respondents,
        count(*) as answer_count
    from staging.survey_sheets
    where is_told
    group by question, respondent_group, answer, respondents
),

final as (
    select
        settings.cycle,
        answers.question,
        answers.respondent_group,
        answers.answer,
        cast(answers.answer_count as bigint) as answers,
        cast(answers.respondents as bigint) as respondents
    from answers
    cross join staging.settings as settings
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
