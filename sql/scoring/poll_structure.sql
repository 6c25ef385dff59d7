-- Rater groups of every poll and their weight for a profile. One row per profile, poll
-- and rater group that applies.
-- A poll without rater groups has one, `all`; `weight_parts` is the weight in parts of
-- 10^-9 (specification, section 5).
with applicable as (
    select *
    from scoring.applicable
    where scheme_table = 'poll_groups'
),

declared as (
    select
        applicable.profile,
        poll_groups.poll,
        poll_groups.rater_group,
        poll_groups.name,
        poll_groups.weight
    from applicable
    inner join staging.poll_groups as poll_groups
        on applicable.row_no = poll_groups.row_no
),

pooled as (
    select distinct
        profiles.profile,
        polls.poll,
        'all' as rater_group,
        cast(null as varchar) as name,
        cast(1 as decimal(28, 9)) as weight
    from scoring.profiles as profiles
    cross join staging.polls as polls
    where polls.poll not in (select poll from staging.poll_groups)
),

groups as (
    select * from declared
    union all
    select * from pooled
),

final as (
    select
        *,
        parts9(weight) as weight_parts
    from groups
)

select * from final
