-- One register of $cycle, entry by entry. One row per entry of $register.
-- As it stands on the day $today: overdue, open, late (closed after its due day) or
-- closed; open entries come first, by their due day.
with judged as (
    select
        *,
        case
            when not is_closed and due < $today::date then 'overdue'
            when not is_closed then 'open'
            when closed > due then 'late'
            else 'closed'
        end as progress_state,
        case when not is_closed then due - $today::date end as days_left
    from marts.registers
    where cycle = $cycle
        and register = $register
),

final as (
    select
        register_name,
        entry,
        subject,
        name,
        matter,
        owner,
        opened,
        due,
        cast(days_left as bigint) as days_left,
        closed,
        stage,
        progress_state,
        not is_closed as is_open,
        progress_state = 'overdue' as is_overdue,
        settle9(planned) as planned,
        settle9(done) as done,
        document
    from judged
    order by
        closed asc nulls first,
        due asc nulls last,
        opened asc nulls last,
        entry asc,
        subject asc
)

select * from final
