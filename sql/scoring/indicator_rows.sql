-- Which indicator rows apply to whom. One row per profile and indicator row.
-- An indicator applies where its row and its component do, if that is fed by
-- indicators; one without a component feeds metrics only (specification, sections 4 and
-- 6).
with applicable as (
    select *
    from scoring.applicable
    where scheme_table = 'indicators'
),

final as (
    select
        applicable.profile,
        indicators.*
    from applicable
    inner join staging.indicators as indicators on applicable.row_no = indicators.row_no
    left join scoring.tree as tree
        on applicable.profile = tree.profile
        and indicators.component = tree.component
        and tree.fed_by = 'indicators'
    where indicators.component is null
        or tree.component is not null
)

select * from final
