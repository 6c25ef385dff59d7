-- Runs of the same grade, year after year. One row per subject graded in $cycle.
-- run counts the cycles in a row that end with $cycle, longest the longest run of that
-- grade ever known; a missing cycle breaks a run. rules are the consequences that hold
-- now, each a suggestion. A cycle built here beats a row of the history.
-- $kind, $platform and $layer narrow it; null: all of them.
with ranking as (
    select *
    from marts.ranking
    where cycle <= $cycle
),

chosen as (
    select
        subject,
        name,
        platform,
        layer,
        grade
    from ranking
    where cycle = $cycle
        and grade is not null
        and ($kind::varchar is null or kind = $kind)
        and ($platform::varchar is null or coalesce(platform, '') = $platform)
        and ($layer::varchar is null or coalesce(layer, '') = $layer)
),

told as (
    select
        history.subject,
        history.past_cycle as cycle,
        history.grade
    from marts.history as history
    left join ranking
        on history.subject = ranking.subject
        and history.past_cycle = ranking.cycle
    where history.cycle = $cycle
        and ranking.subject is null
),

graded as (
    select
        subject,
        cycle,
        grade
    from ranking
    union all
    select *
    from told
),

same as (
    select
        chosen.subject,
        graded.cycle,
        graded.cycle - row_number() over (
            partition by chosen.subject
            order by graded.cycle
        ) as island
    from chosen
    inner join graded
        on chosen.subject = graded.subject
        and chosen.grade = graded.grade
),

islands as (
    select
        subject,
        max(cycle) as last_cycle,
        min(cycle) as since,
        count(*) as length
    from same
    group by subject, island
),

runs as (
    select
        subject,
        max(length) filter (where last_cycle = $cycle) as run,
        max(since) filter (where last_cycle = $cycle) as since,
        max(length) as longest
    from islands
    group by subject
),

rules as (
    select
        subject,
        string_agg(rule || ': ' || action, '; ' order by rule) as rules
    from marts.consequences
    where cycle = $cycle
    group by subject
),

orders as (
    select
        grade,
        min(grade_order) as grade_order
    from marts.quotas
    where cycle = $cycle
        and ($kind::varchar is null or kind = $kind)
    group by grade
),

final as (
    select
        chosen.subject,
        chosen.name,
        chosen.platform,
        chosen.layer,
        chosen.grade,
        runs.run,
        runs.since,
        runs.longest,
        coalesce(rules.rules, '') as rules
    from chosen
    inner join runs on chosen.subject = runs.subject
    left join rules on chosen.subject = rules.subject
    left join orders on chosen.grade = orders.grade
    order by
        orders.grade_order asc,
        runs.run desc,
        runs.longest desc,
        chosen.subject asc
)

select * from final
