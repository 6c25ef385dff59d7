-- Subjects to which no component applies. One row per such subject.
-- They could never have a score (specification of workbooks, checks on schemes).
with subjects as (
    select
        subjects.subject,
        profiles.profile
    from scoring.subjects as subjects
    inner join scoring.profiles as profiles on subjects.subject = profiles.subject
),

final as (
    select
        'subjects' as _table,
        roster._upload,
        roster._sheet,
        roster._row,
        roster._column,
        'subject' as _of,
        subjects.subject as found,
        coalesce(roster.name, '') as name
    from subjects
    inner join staging.subjects as roster on subjects.subject = roster.subject
    where subjects.profile not in (select profile from scoring.tree)
)

select * from final
