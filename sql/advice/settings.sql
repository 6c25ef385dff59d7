-- The settings that totals, gates and borders need. One row.
-- Specification, sections 3, 6, 7 and 11; `anonymity` is the fewest ballots that a
-- shown figure may rest on.
with final as (
    select
        rank_decimals,
        total_min,
        total_max,
        bonus_cap,
        deduction_cap,
        min_coverage,
        headcount,
        border,
        anonymity
    from staging.settings
)

select * from final
