-- What may be written for a poll, an item, an option or a rater group. One row per
-- poll, part and written word.
-- An id comes before a name; a name that two ids share stands for neither
-- (specification, section 5).
with words as (
    select poll, 'item' as part, item as id, name from staging.poll_items
    union all
    select poll, 'option' as part, option as id, name from staging.poll_options
    union all
    select poll, 'rater_group' as part, rater_group as id, name from staging.poll_groups
    union all
    select '' as poll, 'poll' as part, poll as id, name from staging.polls
),

ids as (
    select distinct poll, part, id
    from words
),

named as (
    select
        words.poll,
        words.part,
        words.name,
        min(words.id) as id
    from words
    left join ids
        on words.poll = ids.poll
        and words.part = ids.part
        and words.name = ids.id
    where words.name is not null
        and ids.id is null
    group by words.poll, words.part, words.name
    having count(distinct words.id) = 1
),

final as (
    select poll, part, id as written, id from ids
    union all
    select poll, part, name as written, id from named
)

select * from final
