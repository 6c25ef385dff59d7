-- Attendance that counts for a subject. One row per subject and poll with turnout rows.
-- Summed over the rater groups that apply, from the rows that name the subject, else
-- its parent, else the parent's parent and so on, else no subject (specification,
-- section 8).
with recursive turnout as (
    select *
    from staging.turnout
),

wanted as (
    select distinct metrics.subject_of
    from staging.metrics as metrics
    where metrics.kind in ('turnout', 'attendee_rate')
),

polls as (
    select distinct words.id as poll
    from wanted
    inner join staging.poll_words as words
        on words.part = 'poll'
        and wanted.subject_of = words.written
),

ancestors as (
    select
        subject,
        subject as ancestor,
        0 as distance
    from scoring.subjects
    union all
    select
        ancestors.subject,
        subjects.parent as ancestor,
        ancestors.distance + 1 as distance
    from ancestors
    inner join staging.subjects as subjects on ancestors.ancestor = subjects.subject
    where subjects.parent is not null
        and ancestors.distance < 20
),

places as (
    select * from ancestors
    union all
    select
        subject,
        '' as ancestor,
        1000 as distance
    from scoring.subjects
),

grouped as (
    select distinct poll
    from staging.poll_groups
),

counted as (
    select
        places.subject,
        places.distance,
        turnout.poll,
        turnout.eligible,
        turnout.present,
        turnout.returned
    from places
    inner join scoring.profiles as profiles on places.subject = profiles.subject
    inner join turnout on places.ancestor = turnout.subject
    inner join polls on turnout.poll = polls.poll
    left join grouped on turnout.poll = grouped.poll
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and turnout.poll = structure.poll
        and turnout.rater_group = structure.rater_group
    where grouped.poll is null
        or structure.poll is not null
),

nearest as (
    select
        subject,
        poll,
        min(distance) as distance
    from counted
    group by subject, poll
),

final as (
    select
        counted.subject,
        counted.poll,
        cast(sum(counted.eligible) as bigint) as eligible,
        cast(sum(counted.present) as bigint) as present,
        cast(sum(counted.returned) as bigint) as returned
    from counted
    inner join nearest
        on counted.subject = nearest.subject
        and counted.poll = nearest.poll
        and counted.distance = nearest.distance
    group by counted.subject, counted.poll
)

select * from final
