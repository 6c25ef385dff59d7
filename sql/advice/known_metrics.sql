-- The metrics of gates and tie-breaks that are known. One row per subject and metric.
-- `number` is settled at 9 decimals, `text` stands for an attribute in words
-- (specification, section 8).
with final as (
    select
        subject,
        metric,
        number,
        text
    from scoring.metrics
)

select * from final
