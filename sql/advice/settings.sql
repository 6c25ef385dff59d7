-- The settings that totals and borders need. One row.
-- Specification, sections 3, 7 and 11; `anonymity` is the fewest ballots that a shown
-- figure may rest on.
with final as (
    select
        rank_decimals,
        total_min,
        total_max,
        border,
        anonymity
    from staging.settings
)

select * from final
