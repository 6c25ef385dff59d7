-- Answers of polls that are standardised by rater. One row per subject, poll, item,
-- rater group and standardised answer.
-- An answer x becomes 50 + 10 (x - mean) / sd over the valid answers of the same ballot
-- and item, sample sd, settled at 9; one answer or sd 0: 50 (specification, section 5).
-- A ballot is told by the group written on it, merged or not. Answers are measured
-- as shares of the rater's range: exact at any size.
with valid as (
    select
        answers.subject,
        answers.poll,
        answers.item,
        answers.rater_group,
        answers.written_group,
        answers.ballot,
        answers.points
    from staging.valued_answers as answers
    inner join staging.rater_polls as polls on answers.poll = polls.poll
    where answers.is_ballot
        and answers.points is not null
        and answers.subject in (
            select subject from staging.subjects
            where status != 'excluded'
        )
),

ranges as (
    select
        poll,
        written_group,
        ballot,
        item,
        count(*) as answer_count,
        min(points) as least,
        max(points) as greatest
    from valid
    group by poll, written_group, ballot, item
),

shares as (
    select
        valid.*,
        ranges.answer_count,
        ranges.least,
        ranges.greatest,
        cast(
            divide(
                valid.points - ranges.least, ranges.greatest - ranges.least
            ) as decimal(18, 15)
        ) as share
    from valid
    inner join ranges
        on valid.poll = ranges.poll
        and valid.written_group = ranges.written_group
        and valid.ballot = ranges.ballot
        and valid.item = ranges.item
),

means as (
    select
        poll,
        written_group,
        ballot,
        item,
        cast(divide(sum(share), count(*)) as decimal(18, 15)) as mean_share
    from shares
    group by poll, written_group, ballot, item
),

spreads as (
    select
        shares.poll,
        shares.written_group,
        shares.ballot,
        shares.item,
        max(means.mean_share) as mean_share,
        root(
            divide(
                cast(
                    sum(
                        (shares.share - means.mean_share)
                        * (shares.share - means.mean_share)
                    ) as decimal(38, 12)
                ),
                max(shares.answer_count) - 1
            )
        ) as deviation_share
    from shares
    inner join means
        on shares.poll = means.poll
        and shares.written_group = means.written_group
        and shares.ballot = means.ballot
        and shares.item = means.item
    group by shares.poll, shares.written_group, shares.ballot, shares.item
),

standardised as (
    select
        shares.subject,
        shares.poll,
        shares.item,
        shares.rater_group,
        settle9(
            case
                when shares.greatest = shares.least then 50
                else
                    50 + 10 * divide(
                        1000000000
                        * cast(shares.share - spreads.mean_share as decimal(28, 18)),
                        1000000000 * cast(spreads.deviation_share as decimal(28, 18))
                    )
            end
        ) as points
    from shares
    inner join spreads
        on shares.poll = spreads.poll
        and shares.written_group = spreads.written_group
        and shares.ballot = spreads.ballot
        and shares.item = spreads.item
),

final as (
    select
        standardised.subject,
        standardised.poll,
        standardised.item,
        coalesce(poll_merges.merged_into, standardised.rater_group) as rater_group,
        standardised.points,
        count(*) as votes
    from standardised
    inner join scoring.subjects as subjects on standardised.subject = subjects.subject
    left join scoring.poll_merges as poll_merges
        on standardised.subject = poll_merges.subject
        and standardised.poll = poll_merges.poll
        and standardised.rater_group = poll_merges.rater_group
    group by all
)

select * from final
