-- Objections to publications of $cycle and what came of them. One row per objection.
-- Late is one that was raised after the notice had ended; it is listed all the same.
with final as (
    select
        objections.number,
        objections.publication,
        objections.subject,
        coalesce(subjects.name, objections.subject) as name,
        objections.raised,
        objections.raised_by,
        objections.matter,
        objections.outcome as objection_outcome,
        objections.answer,
        objections.decided,
        objections.who,
        objections.raised > notices.ends as is_late
    from store.objections as objections
    inner join store.publications as publications
        on objections.publication = publications.number
    left join store.notices as notices on objections.publication = notices.number
    left join marts.subjects as subjects
        on publications.cycle = subjects.cycle
        and objections.subject = subjects.subject
    where publications.cycle = $cycle
    order by objections.number
)

select * from final
