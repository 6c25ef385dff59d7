-- Attendance and returned ballots of the cycle. One row per row of the turnout table,
-- ids for names.
-- `subject` is whose meeting it was, blank for one meeting of all (specification,
-- section 8).
with turnout as (
    select *
    from raw.turnout
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

polled as (
    select
        turnout.*,
        coalesce(words.id, turnout.poll) as poll_id
    from turnout
    left join staging.poll_words as words
        on words.part = 'poll'
        and turnout.poll = words.written
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        polled.poll_id as poll,
        coalesce(groups.id, polled.rater_group, '') as rater_group,
        coalesce(subjects.subject, names.subject, polled.subject, '') as subject,
        polled.eligible,
        polled.present,
        polled.issued,
        polled.returned,
        polled.void,
        polled._upload,
        polled._sheet,
        polled._row,
        polled._column,
        polled._wide
    from polled
    left join staging.subjects as subjects on polled.subject = subjects.subject
    left join staging.names as names on polled.subject = names.name
    left join staging.poll_words as groups
        on groups.part = 'rater_group'
        and polled.poll_id = groups.poll
        and polled.rater_group = groups.written
)

select * from final
