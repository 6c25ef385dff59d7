-- Periods in order. One row per period that occurs.
-- Chinese numerals read as numbers, runs of digits compare as numbers, the rest by code
-- point (specification, section 4).
with results as (
    select period
    from staging.results
    union
    select period
    from run.periods
),

tens as (
    select
        period,
        replace(replace(replace(period, '十二', '12'), '十一', '11'), '十', '10') as digits
    from results
),

low as (
    select
        period,
        replace(
            replace(replace(replace(digits, '一', '1'), '二', '2'), '三', '3'), '四', '4'
        ) as digits
    from tens
),

arabic as (
    select
        period,
        replace(
            replace(
                replace(replace(replace(digits, '五', '5'), '六', '6'), '七', '7'),
                '八',
                '8'
            ),
            '九',
            '9'
        ) as digits
    from low
),

padded as (
    select
        period,
        regexp_replace(
            regexp_replace(digits, '([0-9]+)', '000000000000000000\1', 'g'),
            '0*([0-9]{18})([^0-9]|$)',
            '\1\2',
            'g'
        ) as sort_key
    from arabic
),

final as (
    select
        period,
        cast(row_number() over (order by sort_key, period) as integer) as period_no
    from padded
)

select * from final
