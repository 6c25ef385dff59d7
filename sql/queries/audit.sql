-- Who did what. One row per entry of the audit log, the newest first.
-- From which state to which, with the hash that chains the entries.
with final as (
    select
        audit_log.number,
        audit_log.at,
        audit_log.who,
        audit_log.action,
        audit_log.before,
        audit_log.after,
        substr(audit_log.hash, 1, 16) as hash
    from store.audit_log as audit_log
    order by audit_log.number desc
)

select * from final
