-- What is written on ballots, and what it stands for. One row per poll, rater group,
-- item and word as written; a number that is summed with others has no word.
-- `points` and `parts` are what one vote is worth, the latter in parts of 10^-9. An
-- option without points, and a word where numbers are answers, is not a valid vote:
-- both are NULL (specification, section 5). A poll without rater groups pools all its
-- votes in the group `all`. Ballots by the million have few such rows: names are
-- resolved here, once.
with written as (
    select distinct poll, rater_group, item, word
    from staging.ballot_counts
    where votes > 0
        and (
            word is not null
            or poll not in (select poll from staging.number_counts)
        )
    union all
    select distinct poll, rater_group, item, word
    from staging.number_counts
),

polled as (
    select
        written.*,
        coalesce(words.id, written.poll) as poll_id
    from written
    left join staging.poll_words as words
        on words.part = 'poll'
        and written.poll = words.written
),

resolved as (
    select
        polled.poll as written_poll,
        polled.rater_group as written_group,
        polled.item as written_item,
        polled.word as written_word,
        polled.poll_id as poll,
        case
            when polled.poll_id in (select poll from staging.poll_groups)
                then coalesce(groups.id, polled.rater_group, '')
            else 'all'
        end as rater_group,
        coalesce(items.id, polled.item, 'overall') as item,
        coalesce(options.id, polled.word) as answer,
        polled.poll_id in (select poll from staging.poll_options) as has_options
    from polled
    left join staging.poll_words as groups
        on groups.part = 'rater_group'
        and polled.poll_id = groups.poll
        and polled.rater_group = groups.written
    left join staging.poll_words as items
        on items.part = 'item'
        and polled.poll_id = items.poll
        and polled.item = items.written
    left join staging.poll_words as options
        on options.part = 'option'
        and polled.poll_id = options.poll
        and polled.word = options.written
),

final as (
    select
        resolved.written_poll,
        resolved.written_group,
        resolved.written_item,
        resolved.written_word,
        resolved.poll,
        resolved.rater_group,
        resolved.item,
        resolved.answer,
        case
            when resolved.has_options then options.points
            else as_number(resolved.answer)
        end as points,
        case
            when resolved.has_options then options.parts
            else parts9(as_number(resolved.answer))
        end as parts
    from resolved
    left join staging.poll_options as options
        on resolved.poll = options.poll
        and resolved.answer = options.option
)

select * from final
