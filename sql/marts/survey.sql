-- What a survey answered. One row per question, group and answer.
-- Several answers of a person to one question stand in one cell, parted by `;`; each is
-- counted once, and `respondents` is how many people of the group answered at all. Only
-- questions with few different answers: at least five answers per kind of answer. No
-- text is shown that fewer than `anonymity` people wrote, in all questions together:
-- such answers count as one, with a blank name, so no free text is among them. A group
-- counts where at least twice `anonymity` of it answered, and what is hidden is in no
-- sum.
with split as (
    select
        question,
        respondent,
        coalesce("group", '') as respondent_group,
        trim(unnest(string_split(answer, ';'))) as answer
    from raw.survey
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
),

written as (
    select
        *,
        count(*) over (partition by answer) as answer_people
    from split
    where answer != ''
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
        count(distinct written.respondent) as answer_count
    from written
    cross join staging.settings as settings
    group by all
),

people as (
    select
        question,
        respondent_group,
        count(distinct respondent) as respondents
    from written
    group by question, respondent_group
),

groups as (
    select
        answers.*,
        people.respondents
    from answers
    inner join closed on answers.question = closed.question
    inner join people
        on answers.question = people.question
        and answers.respondent_group = people.respondent_group
),

final as (
    select
        settings.cycle,
        groups.question,
        groups.respondent_group,
        groups.answer,
        cast(groups.answer_count as bigint) as answers,
        cast(groups.respondents as bigint) as respondents
    from groups
    cross join staging.settings as settings
    where groups.respondents >= 2 * settings.anonymity
        -- Where kinds are scored one after another, the first pass tells it.
        and (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
