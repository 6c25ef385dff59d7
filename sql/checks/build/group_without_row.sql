-- Votes of groups without a row. One row per poll, rater group, subject and sheet.
-- An error, never dropped; the place is the first row (specification, section 5).
with profiles as (
    select distinct profile
    from scoring.profiles
),

lacking as (
    select
        profiles.profile,
        poll_groups.poll,
        poll_groups.rater_group
    from profiles
    cross join (select distinct poll, rater_group from staging.poll_groups)
        as poll_groups
    left join scoring.poll_structure as structure
        on profiles.profile = structure.profile
        and poll_groups.poll = structure.poll
        and poll_groups.rater_group = structure.rater_group
    where structure.poll is null
),

strangers as (
    select distinct
        poll_cells.subject,
        poll_cells.poll,
        poll_cells.rater_group
    from scoring.poll_cells as poll_cells
    inner join scoring.profiles as profiles on poll_cells.subject = profiles.subject
    inner join lacking
        on profiles.profile = lacking.profile
        and poll_cells.poll = lacking.poll
        and poll_cells.rater_group = lacking.rater_group
),

tallies as (
    select
        'tallies' as _table, poll, rater_group, subject, _upload, _sheet, _row, _column
    from staging.tallies
    where votes > 0
),

wanted as (select distinct poll, rater_group from strangers),

ballots as (
    select
        'ballots' as _table,
        ballots.poll,
        ballots.rater_group,
        ballots.subject,
        ballots._upload,
        ballots._sheet,
        ballots._row,
        ballots._column
    from staging.ballots as ballots
    inner join wanted
        on ballots.poll = wanted.poll
        and ballots.rater_group = wanted.rater_group
    where ballots.answer is not null
),

votes as (
    select * from tallies
    union all
    select * from ballots
),

final as (
    select
        votes._table,
        votes._upload,
        votes._sheet,
        min(votes._row) as _row,
        arg_min(votes._column, votes._row) as _column,
        'rater_group' as _of,
        strangers.rater_group as found,
        strangers.poll,
        strangers.subject
    from strangers
    inner join votes
        on strangers.poll = votes.poll
        and strangers.rater_group = votes.rater_group
        and strangers.subject = votes.subject
    group by
        votes._table,
        votes._upload,
        votes._sheet,
        strangers.rater_group,
        strangers.poll,
        strangers.subject
)

select * from final
