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

key_sets as (
    select pool_keys as keys
    from grades
    union
    select part_keys as keys
    from grades
    where part_keys is not null
),

split as (
    select
        keys,
        unnest(string_split(keys, '+')) as key,
        generate_subscripts(string_split(keys, '+'), 1) as key_no
    from key_sets
),

texts as (
    select
        subject_keys.subject,
        split.keys,
        string_agg(
            subject_keys.key || '=' || subject_keys.value, '; ' order by split.key_no
        ) as text
    from split
    inner join scoring.subject_keys as subject_keys
        on trim(split.key) = subject_keys.key
    group by subject_keys.subject, split.keys
),

final as (
    select
        grade_rows.subject,
        subjects.kind,
        grade_rows.row_no,
        grade_rows.grade,
        grade_rows.grade_order,
        grade_rows.is_last,
        coalesce(pools.text, 'all') as pool,
        case
            when grades.apportion is not null then coalesce(parts.text, 'all')
        end as part,
        statuses.status
    from scoring.grade_rows as grade_rows
    inner join scoring.subjects as subjects on grade_rows.subject = subjects.subject
    inner join scoring.statuses as statuses on grade_rows.subject = statuses.subject
    inner join grades on grade_rows.row_no = grades.row_no
    left join texts as pools
        on grade_rows.subject = pools.subject
        and grades.pool_keys = pools.keys
    left join texts as parts
        on grade_rows.subject = parts.subject
        and grades.part_keys = parts.keys
)

select * from final
