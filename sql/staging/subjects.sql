-- Everybody and everything that is appraised in the cycle. One row per subject
-- (excluded ones too).
-- Blank kind is person, blank status graded; the cohort is kind, platform and layer
-- (specification, section 1).
with roster as (
    select *
    from raw.subjects
    where coalesce(cycle, (select max(cycle) from run.cycle))
        = (select max(cycle) from run.cycle)
),

parents as (
    select
        roster.*,
        case
            when roster.parent is null then null
            when
                exists (
                    select 1 from roster as others
                    where others.subject = roster.parent
                )
                then roster.parent
            else coalesce(names.subject, roster.parent)
        end as parent_id
    from roster
    left join staging.names as names on roster.parent = names.name
),

final as (
    select
        (select max(cycle) from run.cycle) as cycle,
        subject,
        name,
        coalesce(kind, 'person') as kind,
        case coalesce(kind, 'person')
            when 'unit' then 1
            when 'team' then 2
            when 'person' then 3
            when 'candidate' then 4
        end as kind_order,
        parent_id as parent,
        coalesce(platform, '') as platform,
        coalesce(layer, '') as layer,
        coalesce(status, 'graded') as status,
        _upload,
        _sheet,
        _row,
        _column,
        _wide
    from parents
)

select * from final
