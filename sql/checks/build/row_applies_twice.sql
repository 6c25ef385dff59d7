-- Two rows of one id or order for one subject. One row per later row of such a pair.
-- At most one row of an id, and one grade of an order, may apply to a subject; one
-- subject stands as example (specification, section 2).
with applicable as (
    select
        profile,
        scheme_table,
        row_no,
        id
    from scoring.applicable
    where scheme_table != 'gates'
),

grade_orders as (
    select
        applicable.profile,
        applicable.scheme_table,
        applicable.row_no,
        cast(grades.grade_order as varchar) as id,
        grades.grade
    from applicable
    inner join staging.grades as grades on applicable.row_no = grades.row_no
    where applicable.scheme_table = 'grades'
),

places as (
    select 'components' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.components
    union all
    select 'indicators' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.indicators
    union all
    select 'poll_groups' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.poll_groups
    union all
    select 'adjustments' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.adjustments
    union all
    select 'grades' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.grades
    union all
    select 'consequences' as scheme_table, row_no, _upload, _sheet, _row, _column
    from staging.consequences
),

claims as (
    select profile, scheme_table, row_no, id, id as what, 'id' as kind
    from applicable
    union all
    select profile, scheme_table, row_no, id, grade as what, 'order' as kind
    from grade_orders
),

numbered as (
    select
        claims.*,
        first_value(claims.row_no) over same_id as first_row,
        first_value(claims.what) over same_id as first_what
    from claims
    inner join places
        on claims.scheme_table = places.scheme_table
        and claims.row_no = places.row_no
    window same_id as (
        partition by claims.profile, claims.scheme_table, claims.kind, claims.id
        order by places._upload, places._sheet, places._row
    )
),

pairs as (
    select
        numbered.scheme_table,
        numbered.row_no,
        numbered.first_row,
        min(numbered.id) as id,
        min(profiles.subject) as subject
    from numbered
    inner join scoring.profiles as profiles on numbered.profile = profiles.profile
    where numbered.row_no != numbered.first_row
        and (numbered.kind = 'id' or numbered.what != numbered.first_what)
    group by numbered.scheme_table, numbered.row_no, numbered.first_row
),

final as (
    select
        pairs.scheme_table as _table,
        places._upload,
        places._sheet,
        places._row,
        places._column,
        'applies' as _of,
        pairs.id as found,
        ' (' || pairs.subject || ')' as subjects,
        others._upload as _other_upload,
        others._sheet as _other_sheet,
        others._row as _other_row,
        others._column as _other_column
    from pairs
    inner join places
        on pairs.scheme_table = places.scheme_table
        and pairs.row_no = places.row_no
    inner join places as others
        on pairs.scheme_table = others.scheme_table
        and pairs.first_row = others.row_no
)

select * from final
