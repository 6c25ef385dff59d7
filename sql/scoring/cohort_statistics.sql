-- Least and greatest value of a cohort, and how its values spread. One row per cohort
-- and indicator row.
-- Values are measured as shares of the range, so that the variance is exact at any size
-- (z-scores do not change by it); only subjects that have a value count (specification,
-- section 4).
with indicator_values as (
    select *
    from scoring.indicator_values
    where value is not null
        and method in ('minmax', 'rank', 'zscore')
),

ranges as (
    select
        cohort_no,
        row_no,
        count(*) as value_count,
        min(value) as least,
        max(value) as greatest
    from indicator_values
    group by cohort_no, row_no
),

shares as (
    select
        indicator_values.cohort_no,
        indicator_values.row_no,
        cast(
            divide(
                indicator_values.value - ranges.least, ranges.greatest - ranges.least
            ) as decimal(18, 15)
        ) as share
    from indicator_values
    inner join ranges
        on indicator_values.cohort_no = ranges.cohort_no
        and indicator_values.row_no = ranges.row_no
    where indicator_values.method = 'zscore'
),

means as (
    select
        cohort_no,
        row_no,
        cast(divide(sum(share), count(*)) as decimal(18, 15)) as mean_share
    from shares
    group by cohort_no, row_no
),

squares as (
    select
        shares.cohort_no,
        shares.row_no,
        cast(
            sum(
                (shares.share - means.mean_share) * (shares.share - means.mean_share)
            ) as decimal(38, 12)
        ) as square_sum
    from shares
    inner join means
        on shares.cohort_no = means.cohort_no
        and shares.row_no = means.row_no
    group by shares.cohort_no, shares.row_no
),

final as (
    select
        ranges.cohort_no,
        ranges.row_no,
        ranges.value_count,
        ranges.least,
        ranges.greatest,
        means.mean_share,
        root(divide(squares.square_sum, ranges.value_count - 1)) as deviation_share
    from ranges
    left join means
        on ranges.cohort_no = means.cohort_no
        and ranges.row_no = means.row_no
    left join squares
        on ranges.cohort_no = squares.cohort_no
        and ranges.row_no = squares.row_no
)

select * from final
