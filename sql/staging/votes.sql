-- How often each answer was given and what it is worth. One row per poll, subject,
-- rater group, item and answer, for each way in which these are written.
-- Ballots and tallies count together. `points` is what one vote is worth, `parts` what
-- all are in parts of 10^-9; both are NULL where the vote is not valid (specification,
-- section 5). Numbers of which only the mean matters are one row: `answer` and `points`
-- NULL, `lowest` and `highest` among them.
-- Materialised: view
with counts as (
    select poll, subject, rater_group, item, word, votes, parts, lowest, highest
    from staging.ballot_counts
    where votes > 0
    union all
    select
        poll,
        subject,
        rater_group,
        item,
        word,
        votes,
        null as parts,
        null as lowest,
        null as highest
    from staging.number_counts
),

ballots as (
    select
        words.poll,
        coalesce(subjects.subject, names.subject, counts.subject) as subject,
        words.rater_group,
        words.item,
        words.answer,
        counts.votes,
        words.points,
        coalesce(counts.parts, words.parts * counts.votes) as parts,
        coalesce(words.points, counts.lowest) as lowest,
        coalesce(words.points, counts.highest) as highest
    from counts
    inner join staging.ballot_words as words
        on counts.poll is not distinct from words.written_poll
        and counts.rater_group is not distinct from words.written_group
        and counts.item is not distinct from words.written_item
        and counts.word is not distinct from words.written_word
    left join staging.subjects as subjects on counts.subject = subjects.subject
    left join staging.names as names on counts.subject = names.name
),

final as (
    select * from ballots
    union all
    select * from staging.tally_votes
)

select * from final
