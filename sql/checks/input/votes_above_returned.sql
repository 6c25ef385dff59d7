-- More votes than ballots came back. One row per poll, subject, item and rater group.
-- Returned ballots are those of the rows that name the subject, else its parent and so
-- on, else nobody. `staging.votes` pools polls without rater groups: those are counted
-- again by the group as written. The place is the first row with such votes
-- (specification of workbooks, checks on data).
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
        poll,
        subject as place,
        rater_group,
        sum(returned) as returned
    from staging.turnout
    where returned is not null
    group by poll, subject, rater_group
),

pooled as (
    select distinct poll
    from turnout
    where poll not in (select poll from staging.poll_groups)
),

counted as (
    select poll, subject, item, rater_group, votes
    from staging.votes
    where poll in (select poll from turnout)
        and poll not in (select poll from pooled)
    union all
    select poll, subject, item, rater_group, votes
    from staging.tallies
    where poll in (select poll from pooled)
        and answer is not null
    union all
    select ballots.poll, ballots.subject, ballots.item, ballots.rater_group, 1 as votes
    from staging.ballots as ballots
    inner join pooled on ballots.poll = pooled.poll
    where ballots.answer is not null
),

votes as (
    select
        poll,
        subject,
        item,
        rater_group,
        sum(votes) as votes
    from counted
    where subject not in (
            select subject from staging.subjects
            group by subject
            having count(*) > 1
        )
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

wanted as (
    select distinct
        poll,
        subject
    from above
),

names as (
    select
        subject,
        min(name) as name
    from staging.subjects
    group by subject
),

tallies as (
    select
        'tallies' as _table,
        poll,
        subject,
        item,
        rater_group,
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
        ballots.rater_group,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from staging.ballots as ballots
    inner join wanted
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
            order by
                cells._table desc,
                cells._upload asc,
                cells._sheet asc,
                cells._row asc,
                cells._column asc
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
        coalesce(names.name, numbered.subject) as subject,
        numbered.poll,
        numbered.item,
        numbered.rater_group
    from numbered
    left join names on numbered.subject = names.subject
    where numbered.place = 1
)

select * from final
