-- Results of components scored otherwise. One row per sheet and component.
-- Only components with source `value` take results of their own; the place is the first
-- row (specification, section 6).
with components as (
    select *
    from staging.components
),

fed as (
    select parent as component
    from components
    where parent is not null
    union
    select component
    from staging.indicators
    where component is not null
),

known as (
    select distinct component
    from components
),

given as (
    select component
    from components
    where source = 'value'
        or (
            source is null
            and component not in (select component from fed)
        )
),

results as (
    select *
    from staging.results
    where answer is not null
),

final as (
    select
        'results' as _table,
        _upload,
        _sheet,
        min(_row) as _row,
        arg_min(_column, _row) as _column,
        'indicator' as _of,
        indicator as found,
        cast(count(*) as varchar) as count
    from results
    where indicator in (select component from known)
        and indicator not in (select component from given)
        and indicator not in (select indicator from staging.indicators)
    group by _upload, _sheet, indicator
)

select * from final
