-- Every row of the scheme that a filter restricts. One row per scheme table and row
-- number.
-- `applies` is a filter on subjects (specification, section 2).
with components as (
    select
        'components' as scheme_table,
        row_no,
        component as id,
        coalesce(applies, '') as applies
    from staging.components
),

indicators as (
    select
        'indicators' as scheme_table,
        row_no,
        indicator as id,
        coalesce(applies, '') as applies
    from staging.indicators
),

poll_groups as (
    select
        'poll_groups' as scheme_table,
        row_no,
        poll || '›' || rater_group as id,
        coalesce(applies, '') as applies
    from staging.poll_groups
),

adjustments as (
    select
        'adjustments' as scheme_table,
        row_no,
        type as id,
        coalesce(applies, '') as applies
    from staging.adjustments
),

gates as (
    select 'gates' as scheme_table, row_no, gate as id, coalesce(applies, '') as applies
    from staging.gates
),

grades as (
    select
        'grades' as scheme_table, row_no, grade as id, coalesce(applies, '') as applies
    from staging.grades
),

consequences as (
    select
        'consequences' as scheme_table,
        row_no,
        rule as id,
        coalesce(applies, '') as applies
    from staging.consequences
),

final as (
    select * from components
    union all
    select * from indicators
    union all
    select * from poll_groups
    union all
    select * from adjustments
    union all
    select * from gates
    union all
    select * from grades
    union all
    select * from consequences
)

select * from final
