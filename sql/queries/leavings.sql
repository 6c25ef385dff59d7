-- Decisions to leave ballots out of the count. One row per decision of $cycle.
-- Whose, why and on what authority; how many sheets, never which; withdrawn ones too.
with final as (
    select
        leavings.number,
        leavings.poll,
        leavings.rater_group,
        leavings.finding,
        leavings.sheet_count,
        leavings.authority,
        leavings.reason,
        leavings.who,
        leavings.at,
        leavings.is_withdrawn
    from store.leavings as leavings
    where leavings.cycle = $cycle
    order by leavings.number
)

select * from final
