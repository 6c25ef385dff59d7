-- The component tree that applies to a profile. One row per profile and component that
-- applies.
-- A component applies where its row and its parent do and, if fed by children or
-- indicators, at least one of these does (specification, section 6).
with recursive components as (
    select
        applicable.profile,
        components.*
    from scoring.applicable as applicable
    inner join staging.components as components
        on applicable.scheme_table = 'components'
        and applicable.row_no = components.row_no
),

sourced as (
    select
        components.*,
        case
            when components.source is not null then components.source
            when
                components.component in (select parent from staging.components)
                then 'children'
            when
                components.component in (select component from staging.indicators)
                then 'indicators'
            else 'value'
        end as fed_by
    from components
),

down as (
    select
        profile,
        component,
        1 as depth,
        [component] as path
    from sourced
    where parent is null
    union all
    select
        sourced.profile,
        sourced.component,
        down.depth + 1 as depth,
        list_append(down.path, sourced.component) as path
    from down
    inner join sourced
        on down.profile = sourced.profile
        and down.component = sourced.parent
),

indicators as (
    select distinct
        applicable.profile,
        indicators.component
    from scoring.applicable as applicable
    inner join staging.indicators as indicators
        on applicable.scheme_table = 'indicators'
        and applicable.row_no = indicators.row_no
),

fed as (
    select
        down.profile,
        unnest(down.path) as component
    from down
    inner join sourced
        on down.profile = sourced.profile
        and down.component = sourced.component
    left join indicators
        on down.profile = indicators.profile
        and down.component = indicators.component
    where sourced.fed_by not in ('children', 'indicators')
        or (sourced.fed_by = 'indicators' and indicators.component is not null)
),

final as (
    select distinct
        sourced.profile,
        sourced.row_no,
        sourced.component,
        sourced.parent,
        sourced.name,
        sourced.weight,
        sourced.fed_by,
        sourced.aggregate,
        sourced.min_present,
        sourced.round,
        sourced.missing,
        down.depth,
        array_to_string(down.path, chr(31)) as path
    from sourced
    inner join down
        on sourced.profile = down.profile
        and sourced.component = down.component
    inner join fed
        on sourced.profile = fed.profile
        and sourced.component = fed.component
)

select * from final
