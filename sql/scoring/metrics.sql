-- The metrics that are known. One row per subject and metric of a gate or tie-break
-- that has a value.
-- A metric without data has no row: it is unknown. Numbers are settled at 9 decimals
-- (specification, sections 3 and 8).
with asked as (
    select *
    from staging.metrics
),

subjects as (
    select *
    from scoring.subjects
),

from_totals as (
    select
        totals.subject,
        asked.metric,
        case asked.kind
            when 'total' then as_score(totals.total)
            when 'base' then totals.base
            when 'bonus' then as_score(totals.bonus)
            when 'deduction' then as_score(totals.deduction)
            when 'coverage' then totals.coverage
        end as number
    from scoring.totals as totals
    cross join asked
    where asked.kind in ('total', 'base', 'bonus', 'deduction', 'coverage')
),

from_components as (
    select
        component_scores.subject,
        asked.metric,
        component_scores.score as number
    from scoring.component_scores as component_scores
    inner join asked
        on asked.kind = 'component'
        and component_scores.component = asked.subject_of
),

from_indicators as (
    select
        indicator_scores.subject,
        asked.metric,
        case asked.kind
            when 'indicator' then indicator_scores.score else
                as_score(indicator_scores.value)
        end as number
    from scoring.indicator_scores as indicator_scores
    inner join asked
        on asked.kind in ('indicator', 'value')
        and indicator_scores.indicator = asked.subject_of
),

from_values as (
    select
        component_values.subject,
        asked.metric,
        as_score(component_values.value) as number
    from scoring.component_values as component_values
    inner join asked
        on asked.kind = 'value'
        and component_values.component = asked.subject_of
    where asked.subject_of not in (select indicator from staging.indicators)
),

from_polls as (
    select
        poll_scores.subject,
        asked.metric,
        poll_scores.score as number
    from scoring.poll_scores as poll_scores
    inner join staging.poll_words as words
        on words.part = 'poll'
        and poll_scores.poll = words.id
    inner join asked
        on asked.kind = 'poll'
        and words.written = asked.subject_of
),

from_counts as (
    select
        counts.subject,
        asked.metric,
        case asked.kind
            when 'rate' then divide(counts.chosen_votes, counts.valid_votes)
            when 'votes' then as_score(counts.chosen_votes)
            when
                'attendee_rate'
                then divide(counts.chosen_votes, turnout.present * counts.item_count)
        end as number
    from scoring.poll_counts as counts
    inner join asked on counts.metric = asked.metric
    left join scoring.poll_turnout as turnout
        on counts.subject = turnout.subject
        and counts.poll = turnout.poll
),

from_turnout as (
    select
        turnout.subject,
        asked.metric,
        divide(turnout.returned, turnout.eligible) as number
    from scoring.poll_turnout as turnout
    inner join staging.poll_words as words
        on words.part = 'poll'
        and turnout.poll = words.id
    inner join asked
        on asked.kind = 'turnout'
        and words.written = asked.subject_of
),

event_types as (
    select
        asked.metric,
        coalesce(types.type, asked.subject_of) as type
    from asked
    left join (
        select
            name,
            min(type) as type
        from staging.adjustments
        where name not in (select type from staging.adjustments)
        group by name
        having count(distinct type) = 1
    ) as types on asked.subject_of = types.name
    where asked.kind = 'events'
),

from_events as (
    select
        subjects.subject,
        event_types.metric,
        as_score(count(events.subject)) as number
    from subjects
    cross join event_types
    left join staging.events as events
        on subjects.subject = events.subject
        and event_types.type = events.type
    group by subjects.subject, event_types.metric
),

from_streaks as (
    select
        streaks.subject,
        streaks.metric,
        as_score(streaks.years) as number
    from scoring.streaks as streaks
),

from_grades as (
    select
        past.subject,
        asked.metric,
        as_score(
            count(choices.choice) filter (
                where past.cycle >= (select max(cycle) from run.cycle) - asked.cycles
            )
        ) as number
    from asked
    cross join staging.past_grades as past
    inner join subjects on past.subject = subjects.subject
    left join staging.metric_choices as choices
        on asked.metric = choices.metric
        and past.grade = choices.choice
    where asked.kind = 'grades'
    group by past.subject, asked.metric
),

from_past_rates as (
    select
        subject,
        metric,
        rate as number
    from scoring.past_rates
),

numbers as (
    select * from from_totals
    union all
    select * from from_components
    union all
    select * from from_indicators
    union all
    select * from from_values
    union all
    select * from from_polls
    union all
    select * from from_counts
    union all
    select * from from_turnout
    union all
    select * from from_events
    union all
    select * from from_streaks
    union all
    select * from from_grades
    union all
    select * from from_past_rates
    union all
    select
        attributes.subject,
        asked.metric,
        as_score(as_number(attributes.value)) as number
    from staging.attributes as attributes
    inner join subjects on attributes.subject = subjects.subject
    inner join asked on asked.kind = 'attr' and attributes.attribute = asked.subject_of
    where attributes.is_number
),

texts as (
    select
        attributes.subject,
        asked.metric,
        attributes.value as text
    from staging.attributes as attributes
    inner join subjects on attributes.subject = subjects.subject
    inner join asked on asked.kind = 'attr' and attributes.attribute = asked.subject_of
    where not attributes.is_number
),

final as (
    select
        subject,
        metric,
        settle_score(number) as number,
        cast(null as varchar) as text
    from numbers
    where number is not null
    union all
    select
        subject,
        metric,
        cast(null as decimal(38, 9)) as number,
        text
    from texts
)

select * from final
