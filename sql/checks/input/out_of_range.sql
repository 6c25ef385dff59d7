-- Numbers outside what they can be. One row per such cell.
-- Counts are not negative, rates are shares of 1
-- (specification of workbooks, data tables).
with tallies as (
    select
        'tallies' as _table,
        subject as row,
        'votes' as _of,
        votes,
        _upload,
        _sheet,
        _row,
        _column
    from staging.tallies
    where votes < 0
),

turnout as (
    select
        'turnout' as _table,
        concat_ws(' ', poll, rater_group, subject) as row,
        unnest(['eligible', 'present', 'issued', 'returned', 'void']) as _of,
        unnest([eligible, present, issued, returned, void]) as votes,
        _upload,
        _sheet,
        _row,
        _column
    from staging.turnout
),

counts as (
    select * from tallies
    union all
    select * from turnout
),

rates as (
    select *
    from staging.history
    where rate < 0
        or rate > 1
),

final as (
    select
        _table,
        _upload,
        _sheet,
        _row,
        _column,
        _of,
        cast(votes as varchar) as found,
        row,
        '≥ 0' as allowed
    from counts
    where votes < 0
    union all
    select
        'history' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        'rate' as _of,
        plain(rate) as found,
        subject as row,
        '0 … 1' as allowed
    from rates
)

select * from final
