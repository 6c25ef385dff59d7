-- The register of gates. One row per subject and gate row that applies.
-- Shows value, threshold and whether it holds; an unknown metric never holds
-- (specification, section 9). A value is blank where it would give ballots away: a
-- rate speaks of single answers and needs twice `anonymity` ballots; what pools the
-- groups of a poll is blank where one of them is hidden.
with hidden as (
    select *
    from run.hidden
),

parts as (
    select distinct
        hidden.subject,
        metrics.metric
    from hidden
    inner join staging.metrics as metrics
        on hidden.id = metrics.subject_of
        and (
            hidden.step = metrics.kind
            or (metrics.kind = 'value' and hidden.step in ('indicator', 'component'))
        )
),

polls as (
    select distinct
        thin_items.subject,
        metrics.metric
    from scoring.thin_items as thin_items
    inner join staging.poll_words as words
        on words.part = 'poll'
        and thin_items.poll = words.id
    inner join staging.metrics as metrics
        on metrics.kind = 'poll'
        and words.written = metrics.subject_of
),

rates as (
    select
        counts.subject,
        counts.metric
    from scoring.poll_counts as counts
    cross join staging.settings as settings
    where counts.valid_votes < 2 * settings.anonymity * counts.item_count
),

pooled as (
    select distinct
        hidden.subject,
        metrics.metric
    from hidden
    inner join staging.poll_words as words
        on words.part = 'poll'
        and hidden.step = 'poll_group'
        and hidden.poll = words.id
    inner join staging.metrics as metrics
        on metrics.kind in ('rate', 'votes', 'attendee_rate', 'turnout')
        and words.written = metrics.subject_of
),

secret_metrics as (
    select * from parts
    union
    select * from polls
    union
    select * from rates
    union
    select * from pooled
),

final as (
    select
        subjects.cycle,
        gate_rows.subject,
        gate_rows.gate,
        gate_rows.metric,
        case
            when secret.subject is not null then null
            when gate_rows.number is not null then plain(gate_rows.number)
            else gate_rows.text
        end as value,
        gate_rows.op,
        gate_rows.threshold,
        gate_rows.holds,
        gate_rows.is_unknown,
        gates.holds as gate_holds,
        coalesce(gates.effect, 'flag') as effect,
        coalesce(gate_rows.note, '') as note
    from scoring.gate_rows as gate_rows
    inner join scoring.subjects as subjects on gate_rows.subject = subjects.subject
    inner join scoring.gates as gates
        on gate_rows.subject = gates.subject
        and gate_rows.gate = gates.gate
    left join secret_metrics as secret
        on gate_rows.subject = secret.subject
        and gate_rows.metric = secret.metric
)

select * from final
