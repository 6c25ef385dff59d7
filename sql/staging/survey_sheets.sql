-- What each person answered to the closed questions of a survey. One row per question,
-- respondent and answer.
-- Several answers of a person to one question stand in one cell, parted by `;`; each is
-- counted once. Only questions with few different answers: at least five answers per
-- kind of answer. A text that fewer than `anonymity` people wrote, in all questions
-- together, is blank, so no free text is among them. `is_told` says that of the group
-- at least twice `anonymity` answered the question.
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

people as (
    select
        question,
        respondent_group,
        count(distinct respondent) as respondents
    from written
    group by question, respondent_group
),

final as (
    select distinct
        written.question,
        written.respondent,
        written.respondent_group,
        people.respondents,
        case
            when written.answer_people >= settings.anonymity then written.answer
            else ''
        end as answer,
        people.respondents >= 2 * settings.anonymity as is_told
    from written
    inner join closed on written.question = closed.question
    inner join people
        on written.question = people.question
        and written.respondent_group = people.respondent_group
    cross join staging.settings as settings
)

select * from final
