-- What filters and pools can ask of a subject. One row per subject and key that some
-- filter or pool names.
-- Keys are kind, platform, layer, status, subject, parent, parent_grade and any
-- attribute (specification, section 2).
with subjects as (
    select *
    from scoring.subjects
),

pools as (
    select string_split(pool || '+' || coalesce(apportion, ''), '+') as keys
    from staging.grades
),

keys as (
    select key
    from staging.conditions
    union
    select trim(unnest(keys)) as key
    from pools
    union
    select unnest(['platform', 'layer']) as key
),

own as (
    select subject, 'kind' as key, kind as value from subjects
    union all
    select subject, 'platform' as key, platform as value from subjects
    union all
    select subject, 'layer' as key, layer as value from subjects
    union all
    select subject, 'status' as key, status as value from subjects
    union all
    select subject, 'subject' as key, subject as value from subjects
    union all
    select subject, 'parent' as key, parent as value from subjects
    union all
    select subject, 'parent_grade' as key, parent_grade as value from subjects
),

attributes as (
    select subject, attribute as key, value
    from staging.attributes
    where attribute not in (
            'kind', 'platform', 'layer', 'status', 'subject', 'parent', 'parent_grade'
        )
),

known as (
    select * from own
    union all
    select * from attributes
),

asked as (
    select
        subjects.subject,
        keys.key
    from subjects
    cross join keys
    where keys.key not in ('', 'cohort', 'all')
),

final as (
    select
        asked.subject,
        asked.key,
        coalesce(max(known.value), '') as value
    from asked
    left join known on asked.subject = known.subject and asked.key = known.key
    group by asked.subject, asked.key
)

select * from final
