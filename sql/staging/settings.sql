-- The settings of the scheme, typed, defaults filled in. One row.
-- Unset limits are NULL: no limit (specification, sections 3, 6, 7, 11; anonymity
-- defaults to 5).
with settings as (
    select
        key,
        value
    from raw.settings
),

cycles as (
    select max(cycle) as cycle
    from run.cycle
),

typed as (
    select
        max(value) filter (where key = 'title') as title,
        coalesce(
            max(cast(as_number(value) as integer)) filter (where key = 'rank_decimals'),
            6
        ) as rank_decimals,
        max(as_number(value)) filter (where key = 'bonus_cap') as bonus_cap,
        max(as_number(value)) filter (where key = 'deduction_cap') as deduction_cap,
        coalesce(max(as_number(value)) filter (where key = 'total_min'), 0)
            as total_min,
        max(as_number(value)) filter (where key = 'total_max') as total_max,
        coalesce(max(as_number(value)) filter (where key = 'min_coverage'), 0)
            as min_coverage,
        coalesce(max(value) filter (where key = 'headcount'), 'graded') as headcount,
        coalesce(max(value) filter (where key = 'border'), 'exclude') as border,
        coalesce(
            max(cast(as_number(value) as integer)) filter (where key = 'anonymity'), 5
        ) as anonymity
    from settings
),

final as (
    select
        cycles.cycle,
        typed.*
    from typed
    cross join cycles
)

select * from final
