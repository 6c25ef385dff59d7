-- What became of those sent to the grassroots, as the careers of $cycle tell. One row
-- per year of dispatch.
-- Promoted counts who was promoted on or after the day he was sent (SEL-13).
with careers as (
    select
        subject,
        started,
        move
    from marts.careers
    where cycle = $cycle
        and started is not null
),

sent as (
    select
        subject,
        min(started) as started
    from careers
    where move = 'dispatched'
    group by subject
),

risen as (
    select distinct sent.subject
    from sent
    inner join careers
        on sent.subject = careers.subject
        and careers.move = 'promoted'
        and sent.started <= careers.started
),

final as (
    select
        cast(extract(year from sent.started) as bigint) as year,
        count(*) as dispatched,
        count(risen.subject) as promoted,
        settle9(divide(count(risen.subject), count(*))) as yield_rate
    from sent
    left join risen on sent.subject = risen.subject
    group by extract(year from sent.started)
    order by year
)

select * from final
