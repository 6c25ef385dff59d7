-- What was published. One row per publication, the newest first.
-- `open_points` is what was still open, as JSON; `reason` why it was published all the
-- same.
with final as (
    select
        publications.number,
        publications.cycle,
        publications.build,
        publications.who,
        publications.at,
        publications.open_points,
        publications.reason
    from store.publications as publications
    order by publications.number desc
)

select * from final
