-- What decides between equal totals. One row per tie-break.
-- In this order (specification, section 10).
with final as (
    select
        tiebreak_order,
        row_no,
        metric,
        direction
    from staging.tiebreaks
)

select * from final
