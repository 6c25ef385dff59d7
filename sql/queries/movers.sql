-- Who moved most between ranks. One row per subject of $cycle that moved.
-- Only the year before counts, and only a subject that was in the same kind, platform
-- and layer then. At most $most rises and $most falls.
with ranking as (
    select *
    from marts.ranking
),

moved as (
    select
        ranking.kind,
        ranking.platform,
        ranking.layer,
        ranking.subject,
        ranking.name,
        ranking.rank,
        previous.rank as previous_rank,
        cast(previous.rank - ranking.rank as integer) as rank_change,
        ranking.total - previous.total as total_change
    from ranking
    inner join ranking as previous
        on ranking.subject = previous.subject
        and ranking.kind = previous.kind
        and coalesce(ranking.platform, '') = coalesce(previous.platform, '')
        and coalesce(ranking.layer, '') = coalesce(previous.layer, '')
    where ranking.cycle = $cycle
        and previous.cycle = $cycle - 1
        and ($kind::varchar is null or ranking.kind = $kind)
        and ($platform::varchar is null or coalesce(ranking.platform, '') = $platform)
        and ($layer::varchar is null or coalesce(ranking.layer, '') = $layer)
),

placed as (
    select
        *,
        row_number() over (
            order by rank_change desc, total_change desc, subject asc
        ) as from_top,
        row_number() over (
            order by rank_change asc, total_change asc, subject asc
        ) as from_bottom
    from moved
),

final as (
    select * exclude (from_top, from_bottom)
    from placed
    where (rank_change > 0 and from_top <= $most)
        or (rank_change < 0 and from_bottom <= $most)
    order by rank_change desc, total_change desc, subject asc
)

select * from final
