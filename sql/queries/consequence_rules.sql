-- The rules of consequences and how many they hold for. One row per rule and filter of
-- $cycle.
-- `applies` is the filter that stands on the row; years 1 where it says none
-- (specification, section 12). Rules that hold for nobody are listed too, unless they
-- are for other kinds.
with cells as (
    select
        id,
        max(value) filter (where "column" = 'grades') as grades,
        max(value) filter (where "column" = 'mode') as mode,
        max(value) filter (where "column" = 'years') as years,
        max(value) filter (where "column" = 'action') as action,
        max(value) filter (where "column" = 'amount') as amount
    from marts.rules
    where cycle = $cycle
        and "table" = 'consequences'
    group by id
),

rules as (
    select
        regexp_replace(id, ' \[.*\]$', '') as rule,
        coalesce(regexp_extract(id, ' \[(.*)\]$', 1), '') as applies,
        grades,
        coalesce(mode, 'consecutive') as mode,
        coalesce(cast(years as bigint), 1) as years,
        coalesce(action, '') as action,
        coalesce(amount, '') as amount
    from cells
),

held as (
    select
        consequences.rule,
        consequences.action,
        consequences.amount,
        count(*) as subject_count
    from marts.consequences as consequences
    inner join marts.ranking as ranking
        on consequences.cycle = ranking.cycle
        and consequences.subject = ranking.subject
    where consequences.cycle = $cycle
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
    group by all
),

final as (
    select
        rules.rule,
        rules.action,
        rules.amount,
        rules.grades,
        rules.mode,
        rules.years,
        rules.applies,
        coalesce(held.subject_count, 0) as subject_count
    from rules
    left join held
        on rules.rule = held.rule
        and rules.action = held.action
        and rules.amount = held.amount
    where $kind::varchar is null
        or held.subject_count > 0
        or regexp_extract(rules.applies, 'kind=([^;]*)', 1) = ''
        or list_contains(
            string_split(regexp_extract(rules.applies, 'kind=([^;]*)', 1), '|'), $kind
        )
    order by rules.rule, rules.applies
)

select * from final
