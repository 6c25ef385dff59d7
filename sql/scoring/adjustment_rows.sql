-- The bonus and deduction rules that apply to a subject. One row per subject and
-- adjustment row that applies.
-- As declared (specification, section 7).
with final as (
    select
        profiles.subject,
        adjustments.row_no,
        adjustments.type,
        adjustments.name,
        adjustments.sign,
        adjustments.points,
        adjustments.cap
    from scoring.profiles as profiles
    inner join scoring.applicable as applicable
        on profiles.profile = applicable.profile
        and applicable.scheme_table = 'adjustments'
    inner join staging.adjustments as adjustments
        on applicable.row_no = adjustments.row_no
)

select * from final
