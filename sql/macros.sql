-- The arithmetic of every model. Inputs are DECIMAL(28, 9), scores DECIMAL(38, 18). A macro that other engines
-- must replace is marked [engine].

-- The integer of 10^-18 parts in a number below 10^20. [engine]
create or replace macro parts18(x) as
    cast(cast(x as decimal(38, 18)) as hugeint) * 1000000000000000000::hugeint
    + cast(
        (cast(x as decimal(38, 18)) - cast(cast(cast(x as decimal(38, 18)) as hugeint) as decimal(38, 18)))
        * 1000000000000000000::hugeint as hugeint
    );

-- The integer of 10^-9 parts in a number below 10^20. [engine]
create or replace macro parts9(x) as cast(cast(x as decimal(38, 9)) * 1000000000 as hugeint);

-- Long division of two integers to nine more places, half up; both are positive or zero. [engine]
create or replace macro long_division(a, b) as
    (a // b) * 1000000000::hugeint
    + ((a % b) * 1000000000::hugeint) // b
    + cast(2 * (((a % b) * 1000000000::hugeint) % b) >= b as integer);

-- a / b exactly, 18 decimals, half away from zero; NULL where b is 0 or NULL. |a|, |b| < 10^20; b has 9 decimals.
-- The only division of the product.
create or replace macro divide(a, b) as
    cast(
        long_division(abs(parts18(a)), nullif(abs(parts9(b)), 0))
        * cast(sign(cast(a as decimal(38, 18))) * sign(cast(b as decimal(38, 9))) as hugeint)
        as decimal(38, 0)
    ) * 0.000000000000000001::decimal(18, 18);

-- x as a score.
create or replace macro as_score(x) as cast(x as decimal(38, 18));

-- weight × score, as a score.
create or replace macro weighted(weight, score) as
    cast(cast(weight as decimal(18, 9)) * cast(score as decimal(38, 18)) as decimal(38, 18));

-- Product of two shares, each from 0 to 1.
create or replace macro share_of(a, b) as
    cast(cast(a as decimal(20, 18)) * cast(b as decimal(20, 18)) as decimal(38, 18));

-- settle(x, 9): half away from zero at 9 decimals (specification, section 3).
create or replace macro settle9(x) as cast(x as decimal(38, 9));

-- Half away from zero at d decimals (0 to 9) of an integer of 10^-9 parts.
create or replace macro round_parts(parts, step) as
    cast(sign(parts) as hugeint) * (((abs(parts) + step // 2) // step) * step);

-- settle(x, d): half away from zero at 9 decimals, then at d decimals (specification, section 3).
create or replace macro settle(x, d) as
    cast(
        round_parts(
            parts9(x),
            ([
                1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1,
            ])[cast(greatest(least(d, 9), 0) as bigint) + 1]::hugeint
        ) as decimal(38, 0)
    ) * 0.000000001::decimal(9, 9);

-- x rounded to d decimals where d is given, else x.
create or replace macro rounded(x, d) as
    case when d is null then cast(x as decimal(38, 18)) else cast(settle(x, d) as decimal(38, 18)) end;

-- Square root; the double never leaves the macro. Relative error below 10^-15. [engine]
create or replace macro root(x) as cast(sqrt(cast(x as double)) as decimal(38, 18));

-- Natural logarithm and exponential for geometric means, x > 0. [engine]
create or replace macro logarithm(x) as cast(ln(cast(x as double)) as decimal(38, 18));
create or replace macro exponential(x) as cast(exp(cast(x as double)) as decimal(38, 18));

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
