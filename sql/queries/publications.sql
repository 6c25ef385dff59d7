-- What was published. One row per publication, the newest first.
-- `open_points` is what was still open, as JSON; `reason` why it was published all the
-- same. The state on the day $today: running (the notice runs), objected (an objection
-- is open), founded (one was found right: the result needs another publication), final;
-- replaced by a later publication of the cycle.
with objections as (
    select
        publication,
        count(*) as objections,
        count(*) filter (where outcome = 'open') as open_count,
        count(*) filter (where outcome = 'founded') as founded_count
    from store.objections
    group by publication
),

latest as (
    select
        cycle,
        max(number) as number
    from store.publications
    group by cycle
),

final as (
    select
        publications.number,
        publications.cycle,
        publications.build,
        publications.who,
        publications.at,
        publications.open_points,
        publications.reason,
        notices.starts,
        notices.days,
        notices.unit,
        notices.ends,
        case when notices.ends >= $today::date then notices.ends - $today::date end
            as days_left,
        notices.appeal_days,
        notices.appeal_unit,
        notices.appeal_ends,
        notices.appeal_ends >= $today::date as can_appeal,
        coalesce(objections.objections, 0) as objections,
        coalesce(objections.open_count, 0) as open_count,
        coalesce(objections.founded_count, 0) as founded_count,
        case
            when publications.number != latest.number then 'replaced'
            when coalesce(objections.founded_count, 0) > 0 then 'founded'
            when coalesce(objections.open_count, 0) > 0 then 'objected'
            when notices.ends >= $today::date then 'running'
            else 'final'
        end as notice_state
    from store.publications as publications
    inner join latest on publications.cycle = latest.cycle
    left join store.notices as notices on publications.number = notices.number
    left join objections on publications.number = objections.publication
    order by publications.number desc
)

select * from final
