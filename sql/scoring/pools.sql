-- The pool and the part that a subject competes in for a grade. One row per subject and
-- grade row that applies.
-- `cohort` is platform and layer, `all` everybody of the kind; parts are the groups of
-- `apportion` (specification, section 11).
with grades as (
    select
        row_no,
        pool,
        apportion,
        case pool when 'cohort' then 'platform+layer' when 'all' then '' else pool end
            as pool_keys,
        case apportion
            when 'cohort' then 'platform+layer' when 'all' then '' else apportion
        end as part_keys
    from staging.grades
),

split as (
    select
        row_no, 'pool' as level, unnest(string_split(pool_keys, '+')) as key,
        generate_subscripts(string_split(pool_keys, '+'), 1) as key_no
    from grades
    union all
    select
        row_no, 'part' as level, unnest(string_split(part_keys, '+')) as key,
        generate_subscripts(string_split(part_keys, '+'), 1) as key_no
    from grades
    where part_keys is not null
),

texts as (
    select
        grade_rows.subject,
        grade_rows.row_no,
        coalesce(
            string_agg(
                subject_keys.key || '=' || subject_keys.value,
                '; ' order by split.key_no
            )
            filter (where split.level = 'pool'),
            'all'
        ) as pool,
        string_agg(
            subject_keys.key || '=' || subject_keys.value, '; ' order by split.key_no
        )
        filter (where split.level = 'part') as part
    from scoring.grade_rows as grade_rows
    left join split on grade_rows.row_no = split.row_no
    left join scoring.subject_keys as subject_keys
        on grade_rows.subject = subject_keys.subject
        and trim(split.key) = subject_keys.key
    group by grade_rows.subject, grade_rows.row_no
),

final as (
    select
        texts.subject,
        subjects.kind,
        texts.row_no,
        grade_rows.grade,
        grade_rows.grade_order,
        grade_rows.is_last,
        texts.pool,
        case
            when grades.apportion is not null then coalesce(texts.part, 'all')
        end as part,
        statuses.status
    from texts
    inner join scoring.grade_rows as grade_rows
        on texts.subject = grade_rows.subject
        and texts.row_no = grade_rows.row_no
    inner join scoring.subjects as subjects on texts.subject = subjects.subject
    inner join scoring.statuses as statuses on texts.subject = statuses.subject
    inner join grades on texts.row_no = grades.row_no
)

select * from final
