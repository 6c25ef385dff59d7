-- Who may use the app. One row per identity, with its role.
-- `subjects` are those of a unit, separated by semicolons.
with final as (
    select
        identity,
        role,
        subjects,
        is_active
    from store.people
    order by identity
)

select * from final
