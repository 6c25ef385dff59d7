-- Which rater group a small one is merged into, as the scheme declares it. One row per
-- row of the rater group table that names one.
-- The other group is named by id or name (docs/decisions.md).
with final as (
    select
        poll_groups.row_no,
        poll_groups.poll,
        poll_groups.rater_group,
        words.id as merge_into
    from staging.poll_groups as poll_groups
    inner join staging.poll_words as words
        on words.part = 'rater_group'
        and poll_groups.poll = words.poll
        and poll_groups.merge_into = words.written
)

select * from final
