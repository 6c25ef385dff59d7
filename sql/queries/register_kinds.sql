-- The registers of $cycle as they stand on the day $today. One row per register.
-- Overdue is what is open after its due day; on time is what was closed by it, of those
-- closed entries of which both days are known.
with counts as (
    select
        register,
        min(register_name) as register_name,
        count(*) as entries,
        count(*) filter (where not is_closed) as open_count,
        count(*) filter (where not is_closed and due < $today::date) as overdue_count,
        count(*) filter (where is_closed) as closed_count,
        count(*) filter (where is_started) as started_count,
        count(*) filter (where closed is not null and due is not null) as timed_count,
        count(*) filter (where closed <= due) as on_time_count,
        sum(planned) as planned,
        sum(done) filter (where planned is not null) as done
    from marts.registers
    where cycle = $cycle
    group by register
),

final as (
    select
        register,
        register_name,
        entries,
        open_count,
        overdue_count,
        closed_count,
        settle9(divide(started_count, entries)) as start_rate,
        settle9(divide(closed_count, entries)) as close_rate,
        settle9(divide(on_time_count, timed_count)) as on_time_rate,
        settle9(planned) as planned,
        settle9(done) as done,
        settle9(divide(done, planned)) as completion
    from counts
    order by overdue_count desc, entries desc, register asc
)

select * from final
