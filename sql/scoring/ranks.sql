-- The rank of each graded subject in its cohort. One row per graded subject.
-- Competition rank (1, 2, 2, 4); ties that survive the tie-breaks share it
-- (specification, section 10).
with final as (
    select
        subject,
        rank() over (partition by cohort_no order by standing) as rank,
        count(*) over (partition by cohort_no) as cohort_size
    from scoring.standings
)

select * from final
