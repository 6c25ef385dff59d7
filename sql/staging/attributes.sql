-- Every further fact of the roster. One row per subject and attribute that is not
-- blank.
-- An attribute whose values are all numbers in the cycle is a number, any other text
-- (specification, section 8).
with attributes as (
    select *
    from raw.attributes
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
        and value is not null
),

kinds as (
    select
        attribute,
        bool_and(as_number(value) is not null) as is_number
    from attributes
    group by attribute
),

final as (
    select
        attributes.subject,
        attributes.attribute,
        attributes.value,
        kinds.is_number,
        attributes._upload,
        attributes._sheet,
        attributes._row,
        attributes._column
    from attributes
    inner join kinds on attributes.attribute = kinds.attribute
)

select * from final
