-- Who could get a grade by which row. One row per subject and row of the grade table
-- that applies to it, whatever the grade of its parent.
-- `applies` is a filter on subjects (specification, sections 2 and 11).
with profiles as (
    select
        profile,
        min(subject) as subject
    from scoring.profiles
    group by profile
),

terms as (
    select
        profiles.profile,
        conditions.filter_no,
        conditions.term_no,
        bool_or(subject_keys.value = conditions.value)
        != bool_or(conditions.is_negated) as holds
    from profiles
    cross join staging.conditions as conditions
    left join scoring.subject_keys as subject_keys
        on profiles.subject = subject_keys.subject
        and conditions.key = subject_keys.key
    where conditions.key != 'parent_grade'
    group by profiles.profile, conditions.filter_no, conditions.term_no
),

failed as (
    select distinct
        profile,
        filter_no
    from terms
    where not coalesce(holds, false)
),

final as (
    select
        members.subject,
        grades.row_no
    from scoring.profiles as members
    cross join staging.grades as grades
    left join staging.filters as filters on grades.applies = filters.applies
    left join failed
        on members.profile = failed.profile
        and filters.filter_no = failed.filter_no
    where failed.filter_no is null
)

select * from final
