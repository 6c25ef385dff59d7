-- The indicators of the scheme as declared, parameters and defaults filled in. One row
-- per row of the indicator table.
-- Defaults of the parameters are those of the method table (specification, section 4).
with declared as (
    select *
    from raw.indicators
),

params as (
    select
        _upload,
        _sheet,
        _row,
        max(as_number(value)) filter (where key = 'full') as param_full,
        max(as_number(value)) filter (where key = 'cap') as cap,
        max(as_number(value)) filter (where key = 'floor') as param_floor,
        max(as_number(value)) filter (where key = 'worst') as worst,
        max(as_number(value)) filter (where key = 'best') as best,
        max(as_number(value)) filter (where key = 'lo') as lo,
        max(as_number(value)) filter (where key = 'mid') as mid,
        max(as_number(value)) filter (where key = 'spread') as spread,
        max(as_number(value)) filter (where key = 'each') as each,
        max(as_number(value)) filter (where key = 'balance') as balance,
        max(value) filter (where key = 'dir') as dir,
        max(value) filter (where key = 'at') as steps
    from staging.indicator_params
    group by _upload, _sheet, _row
),

final as (
    select
        cast(
            row_number() over (
                order by
                    declared.indicator,
                    coalesce(declared.applies, ''),
                    declared._upload,
                    declared._sheet,
                    declared._row
            ) as integer
        ) as row_no,
        declared.indicator,
        declared.component,
        declared.name,
        coalesce(declared.weight, 1) as weight,
        declared.unit,
        coalesce(declared.method, 'points') as method,
        declared.target,
        coalesce(declared.periods, 'last') as periods,
        declared.round,
        declared.applies,
        coalesce(declared.missing, 'skip') as missing,
        declared.params,
        coalesce(params.dir, 'up') as dir,
        coalesce(params.cap, 100) as cap,
        coalesce(params.param_floor, 0) as floor,
        coalesce(params.param_full, 100) as full_points,
        params.worst,
        params.best,
        coalesce(params.lo, 0) as lo,
        coalesce(params.mid, 50) as mid,
        coalesce(params.spread, 10) as spread,
        coalesce(params.each, 1) as each,
        coalesce(params.balance, 0.3) as balance,
        params.steps,
        declared._upload,
        declared._sheet,
        declared._row,
        declared._column,
        declared._wide
    from declared
    left join params
        on declared._upload = params._upload
        and declared._sheet = params._sheet
        and declared._row = params._row
)

select * from final
