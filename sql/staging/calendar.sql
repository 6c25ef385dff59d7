-- The days over which terms run. One row per day, with the working days up to it.
-- Monday to Friday are working days, unless the holidays of the scheme say otherwise;
-- they also name the weekends that are worked.
with terms as (
    select coalesce(max(term), 0) as longest
    from staging.register_kinds
    where term_unit = 'workday'
),

borders as (
    select
        min(registers.opened) - 1 as first_day,
        max(registers.opened) + cast(3 * max(terms.longest) + 40 as integer) as last_day
    from staging.registers as registers
    cross join terms
    where registers.opened is not null
),

days as (
    select
        cast(
            unnest(generate_series(first_day, last_day, interval 1 day)) as date
        ) as day
    from borders
),

holidays as (
    select
        calendar_day as day,
        max(day_type) as day_type
    from raw.holidays
    group by calendar_day
),

marked as (
    select
        days.day,
        case
            when holidays.day_type is null then isodow(days.day) < 6
            else holidays.day_type = 'work'
        end as is_workday
    from days
    left join holidays on days.day = holidays.day
),

final as (
    select
        day,
        is_workday,
        cast(
            count(*) filter (where is_workday) over (
                order by day
                rows between unbounded preceding and current row
            ) as bigint
        ) as workdays
    from marked
)

select * from final
