-- What has to be settled before $cycle is published. One row per case.
-- reason: border (a tie that only partly fitted), incomplete, partial (graded although
-- data is missing), unknown (a gate that nobody could judge), over (more in a grade
-- than it has seats, the meeting's choices counted), stale (a choice that expects
-- another result of the rule). A case about somebody for whom the meeting chose is
-- settled, and so is a tie where it chose for everybody in it.
with ranking as (
    select *
    from marts.ranking
    where cycle = $cycle
),

choices as (
    select *
    from marts.choices
    where cycle = $cycle
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

unknown as (
    select
        'unknown' as reason,
        substr(flags.flag, 9) as detail,
        flags.kind,
        flags.subject,
        flags.name
    from flags
    where starts_with(flags.flag, 'unknown:')
        -- Earlier years that are too few to judge are no missing data.
        and exists (
            select 1
            from marts.gates as gates
            where gates.cycle = $cycle
                and gates.subject = flags.subject
                and gates.gate = substr(flags.flag, 9)
                and gates.is_unknown
                and split_part(gates.metric, ':', 1)
                not in ('streak', 'grades', 'past_rate')
        )
),

unfinished as (
    select
        case when status = 'graded' then 'partial' else status end as reason,
        '' as detail,
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
        borders.grade as detail,
        borders.kind,
        borders.subject,
        borders.name
    from marts.borders as borders
    where borders.cycle = $cycle
        and borders.outcome = 'tied'
),

cases as (
    select * from unknown
    union all
    select * from unfinished
    union all
    select * from tied
),

unsettled as (
    select cases.*
    from cases
    left join choices
        on cases.subject = choices.subject
        and not choices.is_stale
    where choices.subject is null
),

standing as (
    select
        ranking.kind,
        ranking.subject,
        coalesce(choices.decided_grade, ranking.grade) as grade
    from ranking
    left join choices on ranking.subject = choices.subject
),

pools as (
    select
        chances.kind,
        chances.grade,
        chances.pool,
        chances.part,
        max(chances.seats) as seats,
        count(*) filter (where standing.grade = chances.grade) as taken
    from marts.chances as chances
    inner join standing on chances.subject = standing.subject
    where chances.cycle = $cycle
        and not chances.is_last
        and chances.seats is not null
    group by chances.kind, chances.grade, chances.pool, chances.part
),

parents as (
    select
        subject,
        name
    from marts.subjects
    where cycle = $cycle
),

over_quota as (
    select
        'over' as reason,
        pools.grade as detail,
        pools.kind,
        '' as subject,
        -- The values of the keys: a pool of all has none.
        array_to_string(
            regexp_extract_all(
                concat_ws(
                    '; ',
                    pool_named(pools.pool, parents.subject, parents.name),
                    nullif(pools.part, '')
                ),
                '=([^;]+)',
                1
            ),
            ' · '
        ) as name
    from pools
    left join parents on pool_parent(pools.pool) = parents.subject
    where pools.taken > pools.seats
),

stale as (
    select
        'stale' as reason,
        decided_grade as detail,
        kind,
        subject,
        name
    from choices
    where is_stale
),

final as (
    select * from unsettled
    union all
    select * from over_quota
    union all
    select * from stale
    order by reason, kind, detail, subject, name
)

select * from final
