-- Who moved in which year, as the careers of $cycle tell. One row per year and move.
-- People and moves are two counts: somebody who moved twice is one person. The rate is
-- of the members of teams on the roster of that year, where it is known (STR-03).
with members as (
    select
        subjects.cycle,
        count(distinct subjects.subject) as members
    from marts.subjects as subjects
    inner join marts.subjects as teams
        on subjects.parent = teams.subject
        and subjects.cycle = teams.cycle
        and teams.kind = 'team'
    where subjects.kind = 'person'
    group by subjects.cycle
),

moves as (
    select
        cast(extract(year from started) as bigint) as year,
        move,
        count(distinct subject) as people,
        count(*) as moves
    from marts.careers
    where cycle = $cycle
        and move != ''
        and started is not null
    group by extract(year from started), move
),

final as (
    select
        moves.year,
        moves.move,
        moves.people,
        moves.moves,
        members.members,
        settle9(divide(moves.people, members.members)) as move_rate
    from moves
    left join members on moves.year = members.cycle
    order by moves.year desc, moves.people desc, moves.move asc
)

select * from final
