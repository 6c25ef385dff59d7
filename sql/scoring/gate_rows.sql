-- Each condition of each gate for whom it applies. One row per subject and gate row.
-- An unknown metric makes its row false: no data is not a failure (specification,
-- section 9).
with gates as (
    select
        profiles.subject,
        gates.*
    from scoring.profiles as profiles
    inner join scoring.applicable as applicable
        on profiles.profile = applicable.profile
        and applicable.scheme_table = 'gates'
    inner join staging.gates as gates on applicable.row_no = gates.row_no
),

measured as (
    select
        gates.*,
        metrics.number,
        metrics.text,
        metrics.subject is null as is_unknown,
        case
            when metrics.number is not null and as_number(gates.value) is not null
                then sign(metrics.number - settle9(as_number(gates.value)))
            when
                coalesce(metrics.text, plain(metrics.number))
                < coalesce(gates.value, '')
                then -1
            when
                coalesce(metrics.text, plain(metrics.number))
                > coalesce(gates.value, '')
                then 1
            when metrics.subject is not null then 0
        end as comparison
    from gates
    left join scoring.metrics as metrics
        on gates.subject = metrics.subject
        and gates.metric = metrics.metric
),

final as (
    select
        subject,
        row_no,
        gate,
        metric,
        op,
        value as threshold,
        effect,
        note,
        number,
        text,
        is_unknown,
        case
            when is_unknown then false
            when op = '<' then comparison < 0
            when op = '<=' then comparison <= 0
            when op = '>' then comparison > 0
            when op = '>=' then comparison >= 0
            when op = '=' then comparison = 0
            when op = '!=' then comparison != 0
        end as holds
    from measured
)

select * from final
