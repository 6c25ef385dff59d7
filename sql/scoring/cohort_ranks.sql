-- The place of a value in its cohort. One row per subject and indicator scored by rank.
-- Competition rank: ties share the best place; dir=down puts the lowest value first
-- (specification, section 4).
with indicator_values as (
    select *
    from scoring.indicator_values
    where value is not null
        and method = 'rank'
),

final as (
    select
        indicator_values.subject,
        indicator_values.row_no,
        rank() over (
            partition by indicator_values.cohort_no, indicator_values.row_no
            order by
                case
                    when indicators.dir = 'down' then indicator_values.value else
                        -indicator_values.value
                end
        ) as place
    from indicator_values
    inner join staging.indicators as indicators
        on indicator_values.row_no = indicators.row_no
)

select * from final
