-- What waits for a person. One row per reason, detail and kind of $cycle.
-- detail is the grade, the gate or blank; subject and name are given where there is
-- only one. $kind null: all kinds.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

flags as (
    select
        kind,
        subject,
        name,
        unnest(string_split(flags, ';')) as flag
    from ranking
    where flags is not null
        and flags != ''
),

flagged as (
    select
        split_part(flag, ':', 1) as reason,
        substr(flag, strpos(flag, ':') + 1) as detail,
        kind,
        subject,
        name
    from flags
),

unfinished as (
    select
        status as reason,
        '' as detail,
        kind,
        subject,
        name
    from ranking
    where status in ('incomplete', 'barred')
),

cases as (
    select *
    from flagged
    union all
    select *
    from unfinished
),

counted as (
    select
        reason,
        detail,
        kind,
        count(*) as case_count,
        case when count(*) = 1 then min(subject) end as subject,
        case when count(*) = 1 then min(name) end as name
    from cases
    group by reason, detail, kind
),

over_quota as (
    select
        'over' as reason,
        grade as detail,
        kind,
        cast(sum(over) as bigint) as case_count,
        null as subject,
        null as name
    from marts.quotas
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
        and over > 0
        and coalesce(part, '') = ''
    group by grade, kind
),

together as (
    select *
    from over_quota
    union all
    select *
    from counted
),

final as (
    select *
    from together
    order by
        list_position(
            ['over', 'border', 'barred', 'gate', 'incomplete', 'unknown'], reason
        ),
        list_position(['unit', 'team', 'person', 'candidate'], kind),
        detail
)

select * from final
