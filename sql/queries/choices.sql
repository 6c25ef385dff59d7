-- What the deciding meeting chose beside what the rule gave. One row per choice of
-- $cycle.
-- At borders and in exceptions; the rule's result stands beside it, unchanged. Stale is
-- a choice that expects another grade of the rule than it gives now.
with final as (
    select
        choices.number,
        choices.kind,
        choices.subject,
        choices.name,
        choices.rule_grade,
        choices.decided_grade,
        choices.authority,
        choices.reason,
        choices.who,
        choices.at,
        choices.is_stale
    from marts.choices as choices
    where choices.cycle = $cycle
    order by choices.number
)

select * from final
