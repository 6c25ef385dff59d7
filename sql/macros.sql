-- The arithmetic of every model. Inputs are DECIMAL(28, 9), scores DECIMAL(38, 12). A macro that other engines
-- must replace is marked [engine].

-- The integer of 10^-9 or 10^-12 parts in a number: its digits without the point, half the cost of an arithmetic cast.
-- [engine]
create or replace macro parts9(x) as cast(replace(cast(cast(x as decimal(38, 9)) as varchar), '.', '') as hugeint);
create or replace macro parts12(x) as cast(replace(cast(cast(x as decimal(38, 12)) as varchar), '.', '') as hugeint);

-- Quotient of two integers, half away from zero; the second is above zero. [engine]
create or replace macro whole_division(a, b) as (2 * a + sign(a) * b) // (2 * b);

-- The mean of `count` numbers that sum to so many parts of 10^-9, in parts of 10^-12: by machine integers where they hold
-- it, a third of the cost.
create or replace macro parts12_mean(parts, count) as
    case
        when count = 0 then null
        when parts between -4000000000000000 and 4000000000000000
            then cast(whole_division(cast(1000 * parts as bigint), count) as hugeint)
        else whole_division(1000 * parts, cast(count as hugeint))
    end;

-- The number of so many parts of 10^-12.
create or replace macro from_parts12(parts) as
    cast(cast(parts as decimal(38, 0)) * 0.000000000001::decimal(12, 12) as decimal(38, 12));

-- a / b, 12 decimals, half away from zero; NULL where b is 0 or NULL. |a| below 8 × 10^16, b has 9 decimals.
-- The only division of the product, but for one of integers that are parts already.
create or replace macro divide(a, b) as
    cast(
        whole_division(
            parts12(a) * (case when b < 0 then -1000000000 else 1000000000 end)::hugeint,
            nullif(abs(parts9(b)), 0)
        ) as decimal(38, 0)
    ) * 0.000000000001::decimal(12, 12);

-- x as a score.
create or replace macro as_score(x) as cast(x as decimal(38, 12));

-- weight × score, exact: 21 decimals. A sum of such is cast to a score once, at its end: a cast to fewer decimals is the
-- dearest step of all this arithmetic.
create or replace macro product(weight, score) as
    cast(weight as decimal(18, 9)) * cast(score as decimal(38, 12));

-- weight × score, as a score.
create or replace macro weighted(weight, score) as cast(product(weight, score) as decimal(38, 12));

-- Product of two shares, each from 0 to 1.
create or replace macro share_of(a, b) as
    cast(cast(a as decimal(18, 12)) * cast(b as decimal(18, 12)) as decimal(38, 12));

-- settle(x, 9): half away from zero at 9 decimals (specification, section 3).
create or replace macro settle9(x) as cast(x as decimal(38, 9));

-- settle9 of a score, which has 12 decimals: by machine integers where they hold it.
create or replace macro settle_score(x) as
    case
        when x between -900000 and 900000
            then cast(cast(cast(x as decimal(18, 12)) as decimal(18, 9)) as decimal(38, 9))
        else cast(x as decimal(38, 9))
    end;

-- settle(x, d): half away from zero at 9 decimals, then at d decimals (specification, section 3).
create or replace macro settle(x, d) as
    cast(
        whole_division(
            parts9(x),
            ([
                1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
            ])[cast(greatest(least(d, 9), 0) as bigint) + 1]::hugeint
        )
        * ([
            1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
        ])[cast(greatest(least(d, 9), 0) as bigint) + 1]::hugeint
        as decimal(38, 0)
    ) * 0.000000001::decimal(9, 9);

-- x rounded to d decimals where d is given, else x.
create or replace macro rounded(x, d) as
    case when d is null then cast(x as decimal(38, 12)) else cast(settle(x, d) as decimal(38, 12)) end;

-- Square root; the double never leaves the macro. [engine]
create or replace macro root(x) as cast(sqrt(cast(x as double)) as decimal(38, 12));

-- Natural logarithm and exponential for geometric means, x > 0. [engine]
create or replace macro logarithm(x) as cast(ln(cast(x as double)) as decimal(38, 12));
create or replace macro exponential(x) as cast(exp(cast(x as double)) as decimal(38, 12));

-- A settled number as text: up to 9 decimals, no trailing zeros, no exponent.
create or replace macro plain(x) as
    regexp_replace(regexp_replace(cast(cast(x as decimal(38, 9)) as varchar), '0+$', ''), '\.$', '');

-- The number that a canonical text holds, else NULL.
create or replace macro as_number(x) as try_cast(x as decimal(28, 9));

-- The letters of a column: 1 is A, 27 is AA. Empty where the column is not known.
create or replace macro column_letters(number) as
    case when number > 702 then chr(cast(64 + (number - 703) // 676 + 1 as integer)) else '' end
    || case when number > 26 then chr(cast(65 + ((number - 27) // 26) % 26 as integer)) else '' end
    || case when number > 0 then chr(cast(65 + (number - 1) % 26 as integer)) else '' end;

-- The parent that a pool is made of, and the pool with that parent's name in place of its id.
create or replace macro pool_parent(pool) as regexp_extract(pool, '(^|; )parent=([^;]*)', 2);
create or replace macro pool_named(pool, parent, name) as
    coalesce(replace(pool, 'parent=' || parent, 'parent=' || name), pool);
