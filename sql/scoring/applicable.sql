-- Which scheme rows apply to whom. One row per profile, scheme table and row.
-- A blank filter lets everybody through (specification, section 2).
with profiles as (
    select distinct profile
    from scoring.profiles
),

filtered as (
    select
        scheme_rows.scheme_table,
        scheme_rows.row_no,
        scheme_rows.id,
        filters.filter_no
    from staging.scheme_rows as scheme_rows
    left join staging.filters as filters on scheme_rows.applies = filters.applies
),

final as (
    select
        profiles.profile,
        filtered.scheme_table,
        filtered.row_no,
        filtered.id
    from profiles
    cross join filtered
    left join scoring.profile_filters as profile_filters
        on profiles.profile = profile_filters.profile
        and filtered.filter_no = profile_filters.filter_no
    where filtered.filter_no is null
        or profile_filters.filter_no is not null
)

select * from final
