-- The rules in force. One row per cell of the scheme that is not blank.
-- What changed between two cycles is a join of this mart with itself; `id` names the
-- row: its key, and its filter where rows of one key apply to different subjects.
with rules as (
    select 'settings' as "table", key as id, 'value' as "column", value
    from raw.settings
    union all
    select
        'components',
        component || coalesce(' [' || applies || ']', ''),
        unnest(['name', 'weight', 'parent', 'source', 'missing', 'round']),
        unnest([name, plain(weight), parent, source, missing, cast(round as varchar)])
    from raw.components
    union all
    select
        'indicators', indicator || coalesce(' [' || applies || ']', ''),
        unnest(
            [
                'name',
                'component',
                'weight',
                'method',
                'target',
                'params',
                'periods',
                'missing',
                'round'
            ]
        ),
        unnest([
            name,
            component,
            plain(weight),
            method,
            plain(target),
            params,
            periods,
            missing,
            cast(round as varchar),
        ])
    from raw.indicators
    union all
    select
        'polls', poll, unnest(['name', 'min_ballots', 'trim', 'standardise', 'round']),
        unnest(
            [
                name,
                cast(min_ballots as varchar),
                cast(trim as varchar),
                standardise,
                cast(round as varchar)
            ]
        )
    from raw.polls
    union all
    select
        'poll_items',
        poll || ' › ' || item,
        unnest(['name', 'weight']),
        unnest([name, plain(weight)])
    from raw.poll_items
    union all
    select
        'poll_options',
        poll || ' › ' || option,
        unnest(['name', 'points']),
        unnest([name, plain(points)])
    from raw.poll_options
    union all
    select
        'poll_groups',
        poll || ' › ' || rater_group || coalesce(' [' || applies || ']', ''),
        unnest(['name', 'weight', 'merge_into']),
        unnest([name, plain(weight), merge_into])
    from raw.poll_groups
    union all
    select
        'adjustments',
        type || coalesce(' [' || applies || ']', ''),
        unnest(['name', 'sign', 'points', 'cap']),
        unnest([name, sign, plain(points), plain(cap)])
    from raw.adjustments
    union all
    select
        'gates', gate || coalesce(' [' || applies || ']', ''), 'condition',
        metric
        || ' '
        || op
        || ' '
        || coalesce(value, '')
        || coalesce(' → ' || effect, '')
    from raw.gates
    union all
    select
        'grades', grade || coalesce(' [' || applies || ']', ''),
        unnest(['order', 'share', 'rounding', 'pool', 'apportion', 'min_score']),
        unnest(
            [
                cast("order" as varchar),
                plain(share),
                rounding,
                pool,
                apportion,
                plain(min_score)
            ]
        )
    from raw.grades
    union all
    select
        'tiebreaks',
        cast("order" as varchar),
        'metric',
        metric || ' ' || coalesce(direction, 'desc')
    from raw.tiebreaks
    union all
    select
        'consequences',
        rule || coalesce(' [' || applies || ']', ''),
        unnest(['grades', 'mode', 'years', 'action', 'amount']),
        unnest([grades, mode, cast(years as varchar), action, amount])
    from raw.consequences
    union all
    select
        'posts', post || coalesce(' [' || applies || ']', ''),
        unnest(['name', 'seats', 'ratio', 'category']),
        unnest([name, cast(seats as varchar), plain(ratio), category])
    from raw.posts
    union all
    select
        'minimums', minimum || coalesce(' [' || applies || ']', ''),
        unnest(['name', 'posts', 'needed', 'share', 'per', 'counted', 'force']),
        unnest(
            [
                name,
                posts,
                cast(needed as varchar),
                plain(share),
                plain(per),
                counted,
                force
            ]
        )
    from raw.minimums
    union all
    select
        'requirements',
        rule
        || coalesce(' › ' || clause, '')
        || ' › '
        || metric
        || coalesce(' [' || applies || ']', ''),
        unnest(['condition', 'stage', 'posts', 'force']),
        unnest([op || ' ' || coalesce(value, ''), stage, posts, force])
    from raw.requirements
    union all
    select
        'stages', stage, unnest(['name', 'order', 'kept', 'mode']),
        unnest([name, cast("order" as varchar), plain(kept), mode])
    from raw.stages
    union all
    select
        'structure_groups', category, unnest(['name', 'applies']),
        unnest([name, applies])
    from raw.structure_groups
    union all
    select
        'register_kinds',
        register,
        unnest(['name', 'stages', 'final', 'term', 'term_unit', 'first_day']),
        unnest([name, stages, final, cast(term as varchar), term_unit, first_day])
    from raw.register_kinds
    union all
    select
        'holidays',
        cast(calendar_day as varchar),
        unnest(['name', 'day_type']),
        unnest([name, day_type])
    from raw.holidays
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        "table",
        id,
        "column",
        value
    from rules
    where value is not null
        and (select min(kind_order) from scoring.subjects) is not distinct from (
            select min(kind_order) from staging.subjects
            where status != 'excluded'
        )
)

select * from final
