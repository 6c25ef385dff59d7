-- The weights of components over the built cycles up to $cycle. One row per component
-- that has a weight in several.
-- course says whether the weight rises or falls strictly from each built cycle to the
-- next; stalled_in are the cycles in which it did not rise (EVA-05).
with cells as (
    select
        cycle,
        id,
        as_number(value) as weight
    from marts.rules
    where "table" = 'components'
        and "column" = 'weight'
        and cycle <= $cycle
),

stepped as (
    select
        *,
        weight - lag(weight) over (
            partition by id
            order by cycle
        ) as step
    from cells
),

folded as (
    select
        id,
        list(weight order by cycle) as course_values,
        max(weight) filter (where cycle = $cycle) as weight,
        count(*) as cycle_count,
        bool_and(step > 0) as is_rising,
        bool_and(step < 0) as is_falling,
        string_agg(cast(cycle as varchar), ', ' order by cycle)
        filter (where step <= 0) as stalled_in
    from stepped
    group by id
),

final as (
    select
        id,
        settle9(weight) as weight,
        course_values,
        case
            when is_rising then 'rising'
            when is_falling then 'falling'
            else ''
        end as course,
        coalesce(stalled_in, '') as stalled_in
    from folded
    where cycle_count > 1
    order by id
)

select * from final
