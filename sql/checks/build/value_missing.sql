-- Scores that may not be missing and are. One row per subject and missing part.
-- Indicators and components with `missing=error`: scoring stops and lists them
-- (specification, section 4).
with indicators as (
    select
        indicator_scores.subject,
        indicator_scores.indicator as id,
        indicators.name
    from scoring.indicator_scores as indicator_scores
    inner join
        staging.indicators as indicators
        on indicator_scores.row_no = indicators.row_no
    where indicators.missing = 'error'
        and not indicator_scores.has_data
),

components as (
    select
        component_scores.subject,
        component_scores.component as id,
        tree.name
    from scoring.component_scores as component_scores
    inner join
        scoring.profiles as profiles
        on component_scores.subject = profiles.subject
    inner join scoring.tree as tree
        on profiles.profile = tree.profile
        and component_scores.component = tree.component
    where tree.missing = 'error'
        and component_scores.own_score is null
),

absent as (
    select * from indicators
    union all
    select * from components
),

final as (
    select
        'subjects' as _table,
        roster._upload,
        roster._sheet,
        roster._row,
        roster._column,
        'subject' as _of,
        absent.id as found,
        coalesce(absent.name, '') as name,
        concat_ws(' ', absent.subject, roster.name) as subject
    from absent
    inner join staging.subjects as roster on absent.subject = roster.subject
)

select * from final
