-- The parameters of indicators, read from `key=value; key=value`. One row per indicator
-- row and parameter.
-- Keys and values are trimmed; the value is everything behind the first `=`
-- (specification, section 4).
with indicators as (
    select
        _upload,
        _sheet,
        _row,
        params
    from raw.indicators
    where params is not null
),

parts as (
    select
        _upload,
        _sheet,
        _row,
        trim(unnest(string_split(params, ';'))) as part
    from indicators
),

final as (
    select
        _upload,
        _sheet,
        _row,
        trim(string_split(part, '=')[1]) as key,
        trim(substr(part, strpos(part, '=') + 1)) as value
    from parts
    where part != ''
)

select * from final
