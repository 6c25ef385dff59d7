-- What the ballots of the cycle say, counted. One row per poll, subject, rater group,
-- item and word, all as written.
-- Numbers are one row without a word: their count, their sum in parts of 10^-9, the
-- lowest and the highest. A blank answer is no vote: a cell of blanks has one row with
-- 0 of them (specification, section 5).
-- The warehouse keeps these rows of every upload: a build need not count again.
with answers as (
    select
        poll,
        subject,
        rater_group,
        item,
        answer,
        as_number(answer) as number
    from raw.ballots
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

final as (
    select
        poll,
        subject,
        rater_group,
        item,
        case when number is null then answer end as word,
        count(answer) as votes,
        parts9(sum(number)) as parts,
        min(number) as lowest,
        max(number) as highest
    from answers
    group by all
)

select * from final
