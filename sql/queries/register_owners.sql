-- Who is answerable in a register of $cycle. One row per owner of $register.
-- A nominator's scorecard, a department's clearances, an owner's tasks: how many, how
-- many at each end, how many overdue on the day $today.
with counts as (
    select
        owner,
        count(*) as entries,
        count(*) filter (where not is_closed) as open_count,
        count(*) filter (where not is_closed and due < $today::date) as overdue_count,
        count(*) filter (where is_closed) as closed_count,
        count(*) filter (where is_started) as started_count,
        sum(planned) as planned,
        sum(done) filter (where planned is not null) as done
    from marts.registers
    where cycle = $cycle
        and register = $register
        and owner != ''
    group by owner
),

stages as (
    select
        owner,
        stage,
        min(stage_no) as stage_no,
        count(*) as entries
    from marts.registers
    where cycle = $cycle
        and register = $register
        and stage != ''
    group by owner, stage
),

mixes as (
    select
        owner,
        string_agg(
            stage || ' ' || entries, ' · '
            order by stage_no asc nulls last, stage asc
        ) as stage_mix
    from stages
    group by owner
),

final as (
    select
        counts.owner,
        counts.entries,
        counts.open_count,
        counts.overdue_count,
        settle9(divide(counts.started_count, counts.entries)) as start_rate,
        settle9(divide(counts.closed_count, counts.entries)) as close_rate,
        settle9(divide(counts.done, counts.planned)) as completion,
        coalesce(mixes.stage_mix, '') as stage_mix
    from counts
    left join mixes on counts.owner = mixes.owner
    order by counts.overdue_count desc, counts.entries desc, counts.owner asc
)

select * from final
