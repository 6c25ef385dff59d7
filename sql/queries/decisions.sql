-- What waits for a person. One row per reason, detail and kind of $cycle.
-- detail is the grade, the gate or blank, effect the gate's; subject and name are given
-- where there is only one. is_decision is false where there is only something to know:
-- a gate that changes nothing (effect flag) or that earlier years are too few to judge.
-- partial: graded although data is missing. $kind null: all kinds.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
),

gates as (
    select
        subject,
        gate,
        max(effect) as effect,
        bool_and(
            not is_unknown
            or split_part(metric, ':', 1) in ('streak', 'grades', 'past_rate')
        ) as lacks_years_only
    from marts.gates
    where cycle = $cycle
    group by subject, gate
),

borders as (
    select
        kind,
        grade,
        subject,
        name
    from marts.borders
    where cycle = $cycle
        and outcome = 'tied'
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

judged as (
    select
        case
            when flagged.reason = 'unknown' and gates.lacks_years_only then 'newcomer'
            when flagged.reason = 'gate' and gates.effect = 'exclude' then 'barred'
            else flagged.reason
        end as reason,
        flagged.detail,
        coalesce(gates.effect, '') as effect,
        flagged.kind,
        flagged.subject,
        flagged.name
    from flagged
    left join gates
        on flagged.subject = gates.subject
        and flagged.detail = gates.gate
    where flagged.reason != 'border'
),

unfinished as (
    select
        case when status = 'graded' then 'partial' else status end as reason,
        '' as detail,
        '' as effect,
        kind,
        subject,
        name
    from ranking
    where status = 'incomplete'
        or (status = 'graded' and coverage < 1)
),

tied as (
    select distinct
        'border' as reason,
        grade as detail,
        '' as effect,
        kind,
        subject,
        name
    from borders
),

cases as (
    select *
    from judged
    union all
    select *
    from unfinished
    union all
    select *
    from tied
),

counted as (
    select
        reason,
        detail,
        effect,
        kind,
        count(*) as case_count,
        case when count(*) = 1 then min(subject) end as subject,
        case when count(*) = 1 then min(name) end as name
    from cases
    group by reason, detail, effect, kind
),

over_quota as (
    select
        'over' as reason,
        grade as detail,
        '' as effect,
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
    select
        *,
        reason != 'newcomer'
        and (reason != 'gate' or effect != 'flag') as is_decision
    from together
    order by
        is_decision desc,
        list_position(
            [
                'over',
                'border',
                'barred',
                'incomplete',
                'gate',
                'unknown',
                'partial',
                'newcomer'
            ],
            reason
        ) asc,
        list_position(['unit', 'team', 'person', 'candidate'], kind) asc,
        detail asc
)

select * from final
