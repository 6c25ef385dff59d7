-- From those entitled to vote to valid ballots. One row per rater group of $poll in
-- $cycle.
-- The counts do not add up where a table gives only some of them: what is not known
-- stays blank.
with final as (
    select
        rater_group,
        meetings,
        eligible,
        present,
        issued,
        returned,
        void,
        returned - coalesce(void, 0) as valid,
        settle9(divide(returned - coalesce(void, 0), eligible)) as rate
    from marts.turnout
    where cycle = $cycle
        and poll = $poll
    order by rater_group
)

select * from final
