-- Shares that somebody printed, with the counts they are said to rest on. One row per
-- statement.
-- Whether any counts give the share is worked out on demand (STR-03).
with final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        statement,
        part as numerator,
        whole as denominator,
        printed,
        coalesce(document, '') as document
    from raw.printed_figures
    -- Where kinds are scored one after another, the first pass tells it.
    where (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
