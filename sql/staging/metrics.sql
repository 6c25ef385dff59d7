-- The metrics that gates and tie-breaks ask for. One row per metric.
-- A metric is `kind:argument:argument`; options are a `+` list (specification, section
-- 8).
with asked as (
    select metric
    from staging.gates
    union
    select metric
    from staging.tiebreaks
),

parts as (
    select
        metric,
        list_transform(string_split(metric, ':'), lambda part: trim(part)) as words
    from asked
),

final as (
    select
        metric,
        words[1] as kind,
        case
            when words[1] in (
                    'component',
                    'indicator',
                    'value',
                    'poll',
                    'attr',
                    'events',
                    'turnout'
                )
                then trim(substr(metric, strpos(metric, ':') + 1))
            else words[2]
        end as subject_of,
        case
            when words[1] in ('streak', 'grades') then words[2]
            when
                words[1] in ('rate', 'votes', 'attendee_rate', 'past_rate')
                then words[3]
        end as choices,
        case
            when words[1] = 'grades' then try_cast(words[3] as integer)
            when words[1] = 'past_rate' then try_cast(words[4] as integer)
        end as cycles
    from parts
)

select * from final
