-- Every build that was ever made. One row per build, the newest first.
-- Any two of one cycle can be compared.
with final as (
    select
        build_log.build,
        build_log.cycle,
        build_log.at,
        build_log.subject_count as subjects,
        build_log.program,
        build_log.is_current
    from store.build_log as build_log
    order by build_log.at desc, build_log.cycle desc
)

select * from final
