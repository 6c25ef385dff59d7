-- The extract `polls`. One row per subject, poll, item and rater group with an answer.
-- Columns of the specification, section 13; subjects in the order of the ranking.
with polls as (
    select *
    from marts.polls
),

final as (
    select
        polls.cycle,
        polls.subject,
        polls.poll,
        polls.item,
        polls.rater_group,
        polls.votes,
        polls.mean
    from polls
    inner join marts.ranking as ranking
        on polls.cycle = ranking.cycle
        and polls.subject = ranking.subject
    order by
        ranking.cycle,
        case ranking.kind
            when 'unit' then 1 when 'team' then 2 when 'person' then 3 else 4
        end,
        ranking.platform,
        ranking.layer,
        ranking.rank nulls last,
        ranking.subject,
        polls.poll,
        polls.item,
        polls.rater_group
)

select * from final
