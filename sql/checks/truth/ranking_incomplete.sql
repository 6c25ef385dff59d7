-- Subjects that are not in the ranking exactly once. One row per such subject.
-- `ranking` lists every subject that is not excluded (specification, section 13).
with subjects as (
    select distinct subject
    from scoring.subjects
),

listed as (
    select
        subject,
        count(*) as times
    from marts.ranking
    group by subject
),

final as (
    select
        '' as _table,
        cast(null as integer) as _upload,
        '' as _sheet,
        cast(null as integer) as _row,
        cast(null as integer) as _column,
        subjects.subject as found,
        cast(coalesce(listed.times, 0) as varchar) as count
    from subjects
    left join listed on subjects.subject = listed.subject
    where coalesce(listed.times, 0) != 1
)

select * from final
