-- Counts of a meeting that cannot be. One row per turnout row and pair of counts.
-- Void within returned, returned within issued, issued within eligible
-- (specification of workbooks, checks on data).
with turnout as (
    select *
    from staging.turnout
),

void_ballots as (
    select
        *,
        'void' as _of,
        'returned' as _than,
        void as part_count,
        returned as whole_count
    from turnout
),

returned_ballots as (
    select
        *,
        'returned' as _of,
        'issued' as _than,
        returned as part_count,
        issued as whole_count
    from turnout
),

issued_ballots as (
    select
        *,
        'issued' as _of,
        'eligible' as _than,
        issued as part_count,
        eligible as whole_count
    from turnout
),

pairs as (
    select * from void_ballots
    union all
    select * from returned_ballots
    union all
    select * from issued_ballots
),

final as (
    select
        'turnout' as _table,
        _upload,
        _sheet,
        _row,
        _column,
        _of,
        cast(part_count as varchar) as found,
        _than,
        cast(whole_count as varchar) as allowed,
        poll,
        rater_group
    from pairs
    where part_count > whole_count
)

select * from final
