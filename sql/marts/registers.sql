-- The registers. One row per entry of the cycle.
-- Due is what the entry says, else what the term of its kind gives: the last day of a
-- notice whose first day counts, or the day by which something must be done. Closed is
-- whoever stands at a final stage or has a closing day.
with entries as (
    select
        registers.*,
        kinds.name as register_name,
        kinds.term,
        kinds.term_unit,
        coalesce(kinds.is_first_day_counted, false) as is_first_day_counted,
        kinds.stages,
        registers.closed is not null
        or coalesce(list_contains(kinds.final_stages, registers.stage), false)
            as is_closed,
        list_position(kinds.stages, registers.stage) as stage_no
    from staging.registers as registers
    left join staging.register_kinds as kinds
        on registers.register = kinds.register
),

starts as (
    select
        entries.*,
        calendar.workdays as workdays_before,
        case when entries.is_first_day_counted then 1 else 0 end as counted_days
    from entries
    left join staging.calendar as calendar
        on entries.opened
        - (case when entries.is_first_day_counted then 1 else 0 end) = calendar.day
),

terms as (
    select
        starts.*,
        case starts.term_unit
            when 'workday' then calendar.day
            when 'day'
                then
                    starts.opened
                    + cast(starts.term as integer)
                    - starts.counted_days
            when 'month'
                then
                    cast(
                        starts.opened + to_months(cast(starts.term as integer)) as date
                    )
                    - starts.counted_days
            when 'year'
                then
                    cast(starts.opened + to_years(cast(starts.term as integer)) as date)
                    - starts.counted_days
        end as term_end
    from starts
    left join staging.calendar as calendar
        on starts.term_unit = 'workday'
        and calendar.is_workday
        and starts.workdays_before + starts.term = calendar.workdays
),

final as (
    select
        terms.cycle,
        terms.register,
        coalesce(terms.register_name, terms.register) as register_name,
        terms.entry,
        coalesce(terms.subject, '') as subject,
        coalesce(subjects.name, terms.subject, '') as name,
        coalesce(terms.matter, '') as matter,
        coalesce(terms.owner, '') as owner,
        terms.opened,
        coalesce(terms.due, terms.term_end) as due,
        terms.closed,
        coalesce(terms.stage, '') as stage,
        terms.stage_no,
        terms.is_closed,
        -- Under way: beyond the first stage, or closed.
        terms.is_closed or coalesce(terms.stage_no, 1) > 1 as is_started,
        terms.planned,
        terms.done,
        coalesce(terms.document, '') as document
    from terms
    left join staging.subjects as subjects on terms.subject = subjects.subject
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
