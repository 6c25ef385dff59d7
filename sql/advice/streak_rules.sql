-- The rules of consequences that could apply to each subject. One row per subject and
-- rule row.
-- `grades`, `mode` and `years` as declared (specification, section 12).
with final as (
    select
        consequence_rows.* exclude (row_no),
        coalesce(consequences.applies, '') as applies
    from scoring.consequence_rows as consequence_rows
    inner join staging.consequences as consequences
        on consequence_rows.row_no = consequences.row_no
)

select * from final
