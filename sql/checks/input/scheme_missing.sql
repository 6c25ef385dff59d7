-- Data of a cycle for which there is no scheme. One row at most.
-- Without components nothing is scored, no indicator or poll known
-- (specification, section 6).
with results as (
    select _upload, _sheet
    from staging.results
),

tallies as (
    select _upload, _sheet
    from staging.tallies
),

lacking as (
    select cycle
    from run.cycle
    where not exists (select 1 from staging.components)
),

ballots as (
    select distinct ballots._upload, ballots._sheet
    from raw.ballots as ballots
    inner join lacking on coalesce(ballots.cycle, lacking.cycle) = lacking.cycle
),

data_rows as (
    select * from results
    union all
    select * from tallies
    union all
    select * from ballots
),

final as (
    select
        '' as _table,
        _upload,
        _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        cast((select max(cycle) from run.cycle) as varchar) as found
    from data_rows
    where not exists (select 1 from staging.components)
    order by _upload, _sheet
    limit 1
)

select * from final
