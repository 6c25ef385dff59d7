-- More votes than ballots came back. One row per poll, subject, item and rater group, at the first row with such votes.
-- Returned ballots are those of the rows that name the subject, else its parent and so on, else nobody; the votes of a poll
-- without rater groups are pooled, and so is its turnout (specification of workbooks, checks on data).
with recursive subjects as (
    select
        subject,
        min(parent) as parent
    from staging.subjects
    group by subject
),

places as (
    select
        subject,
        subject as place,
        parent as next_place,
        0 as distance
    from subjects
    union all
    select
        places.subject,
        subjects.subject as place,
        subjects.parent as next_place,
        places.distance + 1 as distance
    from places
    inner join subjects on places.next_place = subjects.subject
    where places.distance < 20
),

everywhere as (
    select subject, place, distance
    from places
    union all
    select subject, '' as place, 100 as distance
    from subjects
),

turnout as (
    select
        turnout.poll,
        turnout.subject as place,
        case when groups.poll is null then 'all' else turnout.rater_group end as rater_group,
        sum(turnout.returned) as returned
    from staging.turnout as turnout
    left join (select distinct poll from staging.poll_groups) as groups on turnout.poll = groups.poll
    where turnout.returned is not null
    group by all
),

votes as (
    select
        poll,
        subject,
        item,
        rater_group,
        sum(votes) as votes
    from staging.votes
    where poll in (select poll from turnout)
    group by poll, subject, item, rater_group
),

meetings as (
    select
        everywhere.subject,
        turnout.poll,
        turnout.rater_group,
        arg_min(turnout.returned, everywhere.distance) as returned
    from everywhere
    inner join turnout on everywhere.place = turnout.place
    group by everywhere.subject, turnout.poll, turnout.rater_group
),

above as (
    select
        votes.*,
        meetings.returned
    from votes
    inner join meetings
        on votes.subject = meetings.subject
        and votes.poll = meetings.poll
        and votes.rater_group = meetings.rater_group
    where votes.votes > meetings.returned
),

ungrouped as (
    select distinct above.poll
    from above
    where above.poll not in (select poll from staging.poll_groups)
),

tallies as (
    select
        'tallies' as _table,
        poll,
        subject,
        item,
        case when poll in (select poll from ungrouped) then 'all' else rater_group end as rater_group,
        _upload,
        _sheet,
        _row,
        _column
    from staging.tallies
    where votes > 0
),

ballots as (
    select
        'ballots' as _table,
        ballots.poll,
        ballots.subject,
        ballots.item,
        case when ballots.poll in (select poll from ungrouped) then 'all' else ballots.rater_group end as rater_group,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from staging.ballots as ballots
    inner join (select distinct poll, subject from above) as wanted
        on ballots.poll = wanted.poll
        and ballots.subject = wanted.subject
    where ballots.answer is not null
),

cells as (
    select * from tallies
    union all
    select * from ballots
),

numbered as (
    select
        cells.*,
        above.votes,
        above.returned,
        row_number() over (
            partition by cells.poll, cells.subject, cells.item, cells.rater_group
            order by cells._table desc, cells._upload, cells._sheet, cells._row, cells._column
        ) as place
    from above
    inner join cells
        on above.poll = cells.poll
        and above.subject = cells.subject
        and above.item = cells.item
        and above.rater_group = cells.rater_group
),

final as (
    select
        numbered._table,
        numbered._upload,
        numbered._sheet,
        numbered._row,
        numbered._column,
        'votes' as _of,
        cast(numbered.votes as varchar) as found,
        cast(numbered.returned as varchar) as returned,
        coalesce(subjects.name, numbered.subject) as subject,
        numbered.poll,
        numbered.item,
        numbered.rater_group
    from numbered
    left join (
        select subject, min(name) as name
        from staging.subjects
        group by subject
    ) as subjects on numbered.subject = subjects.subject
    where numbered.place = 1
)

select * from final
