-- Suggested consequences. One row per subject and rule that holds; a person decides.
-- Columns of the specification, section 13.
with final as (
    select
        subjects.cycle,
        subjects.subject,
        consequences.rule,
        coalesce(consequences.action, '') as action,
        coalesce(consequences.amount, '') as amount,
        consequences.cycles
    from scoring.consequences as consequences
    inner join scoring.subjects as subjects on consequences.subject = subjects.subject
)

select * from final
