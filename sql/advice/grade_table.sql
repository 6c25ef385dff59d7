-- The grade table. One row per row of the scheme's grade table.
-- As declared, defaults filled in (specification, section 11).
with final as (
    select
        row_no,
        grade,
        grade_order,
        share,
        rounding,
        pool,
        apportion,
        min_score,
        coalesce(applies, '') as applies
    from staging.grades
)

select * from final
