-- What a survey answered. One row per question, group and answer.
-- Only questions with few different answers: at least five answers per kind of answer.
-- No text is shown that fewer than `anonymity` people wrote, in all questions together:
-- such answers count as one, with a blank name, so no free text is among them. A group
-- counts where at least twice `anonymity` of it answered, and what is hidden is in no
-- sum.
with written as (
    select
        question,
        coalesce("group", '') as respondent_group,
        answer,
        count(*) over (partition by answer) as answer_people
    from raw.survey
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
),

closed as (
    select question
    from written
    group by question
    having count(*) >= 5 * count(distinct answer)
),

answers as (
    select
        written.question,
        written.respondent_group,
        case
            when written.answer_people >= settings.anonymity then written.answer
            else ''
        end as answer,
        count(*) as answer_count
    from written
    cross join staging.settings as settings
    group by all
),

groups as (
    select
        answers.*,
        sum(answers.answer_count) over (
            partition by answers.question, answers.respondent_group
        ) as group_count
    from answers
    inner join closed on answers.question = closed.question
),

final as (
    select
        settings.cycle,
        groups.question,
        groups.respondent_group,
        groups.answer,
        cast(groups.answer_count as bigint) as answers
    from groups
    cross join staging.settings as settings
    where groups.group_count >= 2 * settings.anonymity
        -- Where kinds are scored one after another, the first pass tells it.
        and (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
