-- The macros of macros.sql that are spelt otherwise for Spark. Written in Spark SQL, in which every macro is put in
-- the place of its calls; a decimal there has 38 digits at most, and a quotient of two of them 20 before the point.

-- Quotient of two integers, half away from zero; the second is above zero. A remainder is exact, so what is left is
-- divided without one: for the part above 10^18, which only a small divisor leaves room for, and for the rest. The
-- lambda names the two numbers once, since a macro is put in the place of its call.
create or replace macro whole_division(a, b) as
    element_at(
        transform(
            array(named_struct('a', cast(a as decimal(38, 0)), 'b', cast(b as decimal(38, 0)))),
            given ->
            case
                when given.b < 10000000000000000000
                    then
                        cast(
                            (given.a - given.a % (1000000000000000000 * given.b))
                            / (1000000000000000000 * given.b) as decimal(38, 0)
                        ) * 1000000000000000000
                        + cast(
                            (given.a % (1000000000000000000 * given.b) - given.a % given.b)
                            / given.b as decimal(38, 0)
                        )
                else cast((given.a - given.a % given.b) / given.b as decimal(38, 0))
            end
            + case when 2 * abs(given.a % given.b) < given.b then 0 when given.a < 0 then -1 else 1 end
        ),
        1
    );

-- The mean of `count` numbers that sum to so many parts of 10^-9, in parts of 10^-12.
create or replace macro parts12_mean(parts, count) as
    case when count = 0 then null else whole_division(1000 * parts, cast(count as decimal(38, 0))) end;

-- settle9 of a score.
create or replace macro settle_score(x) as cast(x as decimal(38, 9));

-- settle(x, d): by a power of ten for each d, since an array is another thing here.
create or replace macro settle(x, d) as
    cast(
        case
            when d >= 9 then cast(x as decimal(38, 9))
            when d = 8 then cast(cast(x as decimal(38, 9)) as decimal(38, 8))
            when d = 7 then cast(cast(x as decimal(38, 9)) as decimal(38, 7))
            when d = 6 then cast(cast(x as decimal(38, 9)) as decimal(38, 6))
            when d = 5 then cast(cast(x as decimal(38, 9)) as decimal(38, 5))
            when d = 4 then cast(cast(x as decimal(38, 9)) as decimal(38, 4))
            when d = 3 then cast(cast(x as decimal(38, 9)) as decimal(38, 3))
            when d = 2 then cast(cast(x as decimal(38, 9)) as decimal(38, 2))
            when d = 1 then cast(cast(x as decimal(38, 9)) as decimal(38, 1))
            when d <= 0 then cast(cast(x as decimal(38, 9)) as decimal(38, 0))
        end as decimal(38, 9)
    );

-- Square root, rounded as DuckDB casts a double: times 10^12, a hair further from zero, to the nearest whole number, halves up.
create or replace macro root(x) as
    case
        when x > 64000000000000 then raise_error('No square root beyond 8,000,000 is taken on this engine.')
        else
            cast(
                cast(round(sqrt(cast(x as double)) * 1e12D + case when x > 0 then 1e-9D else 0D end) as bigint)
                as decimal(38, 0)
            ) * cast(0.000000000001 as decimal(12, 12))
    end;

-- Logarithms differ in their last digit from one library to the next: the tree of a scheme with a geometric mean is
-- scored by DuckDB, so nobody reads these.
create or replace macro logarithm(x) as cast(null as decimal(38, 12));
create or replace macro exponential(x) as cast(null as decimal(38, 12));

-- The number that a canonical text holds, else NULL: only digits of ASCII are digits.
create or replace macro as_number(x) as
    case
        when regexp_like(x, '^[ \\t\\n\\x0B\\f\\r]*[+-]?([0-9]+(_[0-9]+)*[.]?([0-9]+(_[0-9]+)*)?|[.][0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+(_[0-9]+)*)?[ \\t\\n\\x0B\\f\\r]*$')
            then try_cast(replace(trim(both ' \t\n\r\f' from x), '_', '') as decimal(28, 9))
    end;
