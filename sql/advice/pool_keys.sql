-- What pools of grades go by. One row per subject and key.
-- Blank where a subject has no such value (specification, sections 2 and 11).
with final as (
    select
        subject,
        key,
        value
    from scoring.subject_keys
)

select * from final
