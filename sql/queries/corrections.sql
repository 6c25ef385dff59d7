-- Declared corrections of what was uploaded. One row per correction of $cycle.
-- What the cell says, what is right, why and who; withdrawn ones too.
with final as (
    select
        corrections.number,
        corrections.table_name,
        corrections.subject,
        corrections.key,
        corrections.period,
        corrections.old,
        corrections.new,
        corrections.reason,
        corrections.who,
        corrections.at,
        corrections.is_withdrawn
    from store.corrections as corrections
    where corrections.cycle = $cycle
    order by corrections.number
)

select * from final
