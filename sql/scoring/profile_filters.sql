-- Which filters let a profile through. One row per profile and filter that holds.
-- `a!=x|y` is neither x nor y (specification, section 2).
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
    group by profiles.profile, conditions.filter_no, conditions.term_no
),

final as (
    select
        profile,
        filter_no
    from terms
    group by profile, filter_no
    having bool_and(coalesce(holds, false))
)

select * from final
