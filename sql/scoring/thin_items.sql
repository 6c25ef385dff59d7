-- Items of polls whose very score gives ballots away. One row per subject, poll and
-- item whose groups together are under `anonymity`.
-- Only the groups that weigh in the score count for it; all count for the votes.
with sums as (
    select
        subject,
        poll,
        item,
        sum(votes) as votes,
        sum(case when weight != 0 then votes else 0 end) as weighing_votes
    from scoring.ballot_cells
    group by subject, poll, item
),

final as (
    select
        sums.subject,
        sums.poll,
        sums.item
    from sums
    cross join staging.settings as settings
    where sums.votes < settings.anonymity
        or (
            sums.weighing_votes > 0
            and sums.weighing_votes < settings.anonymity
        )
)

select * from final
