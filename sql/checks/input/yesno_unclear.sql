-- Answers of a yes/no indicator that are clearly neither. One row per such cell.
-- Anything but a clear yes reads 0, so a word that was meant as yes would cost 100
-- points (specification, section 4).
with indicators as (
    select indicator
    from staging.indicators
    group by indicator
    having bool_and(method = 'yesno')
),

results as (
    select *
    from staging.results
    where answer is not null
        and coalesce(value not in (0, 1), true)
),

final as (
    select
        'results' as _table,
        results._upload,
        results._sheet,
        results._row,
        results._column,
        'value' as _of,
        results.answer as found,
        results.subject,
        results.indicator
    from results
    inner join indicators on results.indicator = indicators.indicator
    where lower(results.answer) not in (
            'yes',
            'y',
            'true',
            't',
            '是',
            '有',
            '√',
            'no',
            'n',
            'false',
            'f',
            '否',
            '无',
            '没有',
            '未',
            '×',
            'x',
            '✗',
            '✓',
            '✔'
        )
)

select * from final
