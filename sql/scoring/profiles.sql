-- Subjects that no filter of the scheme can tell apart share a profile. One row per
-- subject.
-- Everything that depends on filters alone is worked out once per profile.
with subject_keys as (
    select *
    from scoring.subject_keys
    where key in (select key from staging.conditions)
),

subjects as (
    select subject
    from scoring.subjects
),

described as (
    select
        subjects.subject,
        coalesce(
            string_agg(
                subject_keys.key || chr(30) || subject_keys.value,
                chr(31) order by subject_keys.key
            ),
            ''
        ) as description
    from subjects
    left join subject_keys on subjects.subject = subject_keys.subject
    group by subjects.subject
),

final as (
    select
        subject,
        cast(dense_rank() over (order by description) as integer) as profile
    from described
)

select * from final
