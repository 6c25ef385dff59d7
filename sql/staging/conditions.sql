-- The terms of every filter. One row per filter, term and value.
-- `;` means and, `|` means or, `!=` negates; a key without a value is the empty text
-- (specification, section 2).
with filters as (
    select *
    from staging.filters
),

terms as (
    select
        filter_no,
        unnest(string_split(applies, ';')) as term,
        generate_subscripts(string_split(applies, ';'), 1) as term_no
    from filters
),

sides as (
    select
        filter_no,
        cast(term_no as integer) as term_no,
        strpos(term, '!=') > 0 as is_negated,
        trim(string_split(replace(term, '!=', '='), '=')[1]) as key,
        substr(replace(term, '!=', '='), strpos(replace(term, '!=', '='), '=') + 1)
            as choices
    from terms
    where trim(term) != ''
),

final as (
    select
        filter_no,
        term_no,
        key,
        is_negated,
        trim(unnest(string_split(choices, '|'))) as value
    from sides
)

select * from final
