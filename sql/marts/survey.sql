-- What a survey answered. One row per question, group and answer.
-- Only questions with few different answers: at least five answers per kind of answer,
-- so no free text is among them. A group counts where at least twice `anonymity` of it
-- answered, and what is hidden is in no sum.
with answers as (
    select
        question,
        coalesce("group", '') as respondent_group,
        answer,
        count(*) as answer_count
    from raw.survey
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
    group by all
),

closed as (
    select question
    from answers
    group by question
    having sum(answer_count) >= 5 * count(distinct answer)
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
