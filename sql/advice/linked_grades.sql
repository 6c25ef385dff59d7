-- What rows of the grade table ask of the grade of the parent. One row per grade row,
-- term and value.
-- `!=` negates, several values of a term are one or the other (specification, section
-- 2).
with final as (
    select
        grades.row_no,
        conditions.term_no,
        conditions.is_negated,
        conditions.value
    from staging.grades as grades
    inner join staging.filters as filters on grades.applies = filters.applies
    inner join staging.conditions as conditions
        on filters.filter_no = conditions.filter_no
    where conditions.key = 'parent_grade'
)

select * from final
