-- The cells a score was made from. One row per input cell of $subject in $cycle.
-- Never a ballot.
with final as (
    select * exclude (cycle, subject)
    from marts.sources
    where cycle = $cycle
        and subject = $subject
    order by step, id, period, file, sheet, row
)

select * from final
