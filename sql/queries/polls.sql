-- The polls that were held. One row per poll with a cell in $cycle.
-- $kind null: all kinds.
with cells as (
    select distinct polls.poll
    from marts.polls as polls
    inner join marts.ranking as ranking
        on polls.cycle = ranking.cycle
        and polls.subject = ranking.subject
    where polls.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
),

names as (
    select
        id,
        min(value) as name
    from marts.rules
    where cycle = $cycle
        and "table" = 'polls'
        and "column" = 'name'
    group by id
),

final as (
    select
        cells.poll,
        coalesce(names.name, cells.poll) as name
    from cells
    left join names on cells.poll = names.id
    order by cells.poll
)

select * from final
