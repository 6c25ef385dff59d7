-- Rows with the key of an earlier row. One row per repeated row.
-- Rows without a value count for nothing; those of unknown subjects are another fault,
-- as are a second grade or platform. Ballots without a number have no key; others are
-- compared as written. Asked when data come in, not at every build
-- (specification of workbooks, data tables).
with subjects as (
    select
        'subjects' as _table,
        concat(subject, chr(31), platform) as key_text,
        subject as found,
        _upload,
        _sheet,
        _row,
        _column
    from staging.subjects
),

results_with_repeats as (
    select
        subject,
        indicator,
        period
    from staging.results
    where answer is not null
    group by subject, indicator, period
    having count(*) > 1
),

results as (
    select
        'results' as _table,
        concat_ws(chr(31), results.subject, results.indicator, results.period)
            as key_text,
        concat_ws(' ', results.subject, results.indicator, nullif(results.period, ''))
            as found,
        results._upload,
        results._sheet,
        results._row,
        results._column
    from staging.results as results
    inner join results_with_repeats
        on results.subject = results_with_repeats.subject
        and results.indicator = results_with_repeats.indicator
        and results.period = results_with_repeats.period
    where results.answer is not null
        and results.subject in (select subject from staging.subjects)
),

shared_names as (
    select name
    from staging.subjects
    where name is not null
    group by name
    having count(distinct subject) > 1
),

cells_with_repeats as (
    select
        poll,
        rater_group,
        subject,
        item
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and ballot is not null
        and answer is not null
    group by poll, rater_group, subject, item
    having count(*) > count(distinct ballot)
),

ballots as (
    select
        'ballots' as _table,
        concat_ws(
            chr(31),
            ballots.poll,
            coalesce(ballots.rater_group, ''),
            ballots.ballot,
            ballots.subject,
            coalesce(ballots.item, 'overall')
        ) as key_text,
        concat_ws(
            ' ',
            ballots.poll,
            ballots.rater_group,
            ballots.ballot,
            ballots.subject,
            ballots.item
        ) as found,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from raw.ballots as ballots
    inner join cells_with_repeats
        on ballots.poll = cells_with_repeats.poll
        and ballots.rater_group is not distinct from cells_with_repeats.rater_group
        and ballots.subject = cells_with_repeats.subject
        and ballots.item is not distinct from cells_with_repeats.item
    where ballots.answer is not null
        and ballots.ballot is not null
        and ballots.subject not in (select name from shared_names)
        and coalesce(ballots.cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

tallies as (
    select
        'tallies' as _table,
        concat_ws(chr(31), poll, subject, rater_group, item, answer) as key_text,
        concat_ws(
            ' ', poll, subject, nullif(rater_group, ''), nullif(item, 'overall'), answer
        ) as found,
        _upload,
        _sheet,
        _row,
        _column
    from staging.tallies
    where votes is not null
        and subject in (select subject from staging.subjects)
),

turnout as (
    select
        'turnout' as _table,
        concat_ws(chr(31), poll, rater_group, subject) as key_text,
        concat_ws(' ', poll, nullif(rater_group, ''), nullif(subject, '')) as found,
        _upload,
        _sheet,
        _row,
        _column
    from staging.turnout
    where subject = ''
        or subject in (select subject from staging.subjects)
),

history as (
    select
        'history' as _table,
        concat_ws(
            chr(31),
            cycle,
            subject,
            coalesce(poll, ''),
            coalesce(answer, ''),
            coalesce(grade, '')
        ) as key_text,
        concat_ws(' ', cycle, subject, poll, answer) as found,
        _upload,
        _sheet,
        _row,
        _column
    from staging.history
),

survey as (
    select
        'survey' as _table,
        concat_ws(chr(31), respondent, question) as key_text,
        concat_ws(' ', respondent, question) as found,
        _upload,
        _sheet,
        _row,
        _column
    from raw.survey
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and answer is not null
),

keyed as (
    select * from subjects
    union all
    select * from results
    union all
    select * from ballots
    union all
    select * from tallies
    union all
    select * from turnout
    union all
    select * from history
    union all
    select * from survey
),

repeated as (
    select
        _table,
        key_text
    from keyed
    group by _table, key_text
    having count(*) > 1
),

single_rows as (
    select distinct keyed.*
    from keyed
    inner join
        repeated
        on keyed._table = repeated._table and keyed.key_text = repeated.key_text
),

numbered as (
    select
        *,
        row_number() over same_key as place,
        first_value(_sheet) over same_key as _other_sheet,
        first_value(_row) over same_key as _other_row,
        first_value(_column) over same_key as _other_column
    from single_rows
    window same_key as (
        partition by _table, key_text
        order by _upload, _sheet, _row, _column
    )
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        _column,
        found,
        _other_sheet,
        _other_row,
        _other_column
    from numbered
    where place > 1
)

select * from final
