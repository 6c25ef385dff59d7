-- Posts approved against people in post in $cycle. One row per unit and layer.
-- In post is everybody of the layer on the roster whose unit, or whose team's unit, it
-- is; nothing is entered by hand (QTA-03, DOS-03).
with roster as (
    select
        subjects.subject,
        subjects.layer,
        subjects.parent,
        teams.parent as unit
    from marts.subjects as subjects
    left join marts.subjects as teams
        on subjects.parent = teams.subject
        and subjects.cycle = teams.cycle
        and teams.kind = 'team'
    where subjects.cycle = $cycle
        and subjects.kind = 'person'
),

counted as (
    select
        establishment.subject,
        establishment.name,
        establishment.layer,
        min(establishment.approved) as approved,
        count(distinct roster.subject) as actual
    from marts.establishment as establishment
    left join roster
        on establishment.subject in (roster.parent, roster.unit)
        and (establishment.layer = '' or establishment.layer = roster.layer)
    where establishment.cycle = $cycle
    group by establishment.subject, establishment.name, establishment.layer
),

final as (
    select
        subject,
        name,
        layer,
        approved,
        actual,
        greatest(actual - approved, 0) as excess,
        greatest(approved - actual, 0) as vacancies
    from counted
    order by excess desc, vacancies desc, subject asc, layer asc
)

select * from final
