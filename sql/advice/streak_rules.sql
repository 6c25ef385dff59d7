-- The rules of consequences that could apply to each subject. One row per subject and
-- rule row.
-- `grades`, `mode` and `years` as declared (specification, section 12).
with final as (
    select * exclude (row_no)
    from scoring.consequence_rows
)

select * from final
