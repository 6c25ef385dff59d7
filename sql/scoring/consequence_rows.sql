-- The consequences that could apply to a subject. One row per subject and consequence
-- row that applies.
-- As declared (specification, section 12).
with final as (
    select
        profiles.subject,
        consequences.row_no,
        consequences.rule,
        consequences.grades,
        consequences.mode,
        consequences.years,
        consequences.action,
        consequences.amount
    from scoring.profiles as profiles
    inner join scoring.applicable as applicable
        on profiles.profile = applicable.profile
        and applicable.scheme_table = 'consequences'
    inner join staging.consequences as consequences
        on applicable.row_no = consequences.row_no
)

select * from final
