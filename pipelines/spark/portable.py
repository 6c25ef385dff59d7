"""Which SQL a model may use so that DuckDB and Spark give the same rows: an allow-list over the syntax tree.

A list of what is forbidden would miss what nobody thought of: of 82 constructs that fail on Spark or change a number there, sqlglot
warns of two. What is made at home (`made_at_home`) never reaches Spark and may use all of DuckDB. sql/README.md says the
same in words.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from pipelines.contract import SCHEME_TABLES
from pipelines.models import Model, read_models
from pipelines.spark.translate import macros, recursion, translate

HOME = {
    "marts.rules": "the scheme as a list of its cells",
    "marts.registers": "terms in months and years; an office writes its entries by hand",
    "staging.calendar": "the days of the registers, made from nothing",
}
"""Models that DuckDB makes although they read more than the scheme, and why they never grow large."""

FORMS = frozenset(
    "Select Star From Join Where Group Having Order Ordered With CTE Subquery Table TableAlias Union Distinct Window "
    "WindowSpec Filter Alias Column Identifier Literal Boolean Null Paren Tuple Case If Cast TryCast DataType "
    "DataTypeParam Lateral".split()
)
OPERATORS = frozenset("And Or Not Is NullSafeEQ EQ NEQ LT LTE GT GTE In Exists Add Sub Mul Neg DPipe IntDiv".split())
FUNCTIONS = frozenset(
    "Abs ArgMax ArgMin Array ArrayAgg ArrayAppend ArraySize ArrayToString Ceil Chr Coalesce Count DenseRank Explode Floor Greatest "
    "GroupConcat IgnoreNulls Lag LastValue Least LogicalAnd LogicalOr Lower Max Min Nullif Rank RegexpReplace Replace "
    "RowNumber Sign Split StartsWith StrPosition Substring Sum Trim".split()
)
TYPES = frozenset("INT BIGINT INT128 DECIMAL TEXT BOOLEAN DATE".split())
JOINS = {("", "INNER"), ("LEFT", ""), ("", "CROSS")}
MACRO_FUNCTIONS = frozenset({"RegexpExtract", "Mod"})
"""What only a macro may use, where its arguments are known to be harmless."""


@functools.cache
def made_at_home() -> frozenset[str]:
    """The models that DuckDB makes for Spark: those made of the scheme alone, which has hundreds of rows, and `HOME`."""
    made = {f"raw.{name}" for name in SCHEME_TABLES}
    for model in read_models("staging", "scoring", "marts"):
        if {table for table in model.reads if not table.startswith("run.")} <= made:
            made.add(model.table)
    return frozenset({table for table in made if not table.startswith("raw.")} | HOME.keys())


@functools.cache
def taking_logarithms() -> frozenset[str]:
    """The models that DuckDB makes too where the scheme asks for a geometric mean."""
    return frozenset(model.table for model in models() if "logarithm(" in model.text)


def models() -> tuple[Model, ...]:
    """The models that Spark makes, in order."""
    return tuple(model for model in read_models("staging", "scoring", "marts") if model.table not in made_at_home())


def faults(model: Model) -> list[str]:
    """What of a model is not portable, one sentence each; none where all of it is."""
    return text_faults(model.text)


def text_faults(text: str) -> list[str]:
    """The same of a SELECT."""
    tree = sqlglot.parse_one(text, dialect="duckdb")
    found = list(dict.fromkeys(_faults(tree, FORMS | OPERATORS | FUNCTIONS)))
    try:
        query = recursion(tree)
        for part in (query.start("rows"), query.step("rows"), query.end("rows")) if query else (tree,):
            translate(part)
    except (ValueError, sqlglot.UnsupportedError) as error:
        found.append(str(error))
    return found


def macro_faults() -> list[str]:
    """The same of the macros that Spark takes as DuckDB has them."""
    allowed = FORMS | OPERATORS | FUNCTIONS | MACRO_FUNCTIONS
    return [
        f"{name}: {fault}"
        for name, macro in macros().items()
        if not macro.is_own
        for fault in _faults(macro.body, allowed, is_macro=True)
    ]


def _faults(tree: exp.Expr, allowed: frozenset[str], is_macro: bool = False) -> Iterator[str]:
    for node in tree.walk():
        name = type(node).__name__
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in {*macros(), "generate_subscripts"}:
                yield f"{node.name}() is not portable"
        elif name not in allowed:
            yield f"{name} is not portable: {node.sql(dialect='duckdb')[:60]}"
        yield from _details(node, is_macro)


def _details(node: exp.Expr, is_macro: bool) -> Iterator[str]:
    """What a construct that is allowed may not have."""
    if isinstance(node, exp.DataType) and node.this.name not in TYPES:
        yield f"the type {node.sql(dialect='duckdb')} is not portable"
    if isinstance(node, exp.Star) and any(node.args.values()):
        yield f"a star with {node.sql(dialect='duckdb')} is not portable"
    if isinstance(node, exp.Join) and (
        (node.side, node.kind) not in JOINS or node.args.get("using") or node.args.get("method")
    ):
        yield f"{node.side} {node.kind} join without `on` or of another kind is not portable"
    if isinstance(node, exp.WindowSpec) and (
        node.args.get("kind", "").upper() not in ("ROWS", "RANGE") or node.args.get("exclude")
    ):
        yield "a frame of groups or with an exclusion is not portable"
    if isinstance(node, exp.Group) and set(filter(node.args.get, node.args)) - {"expressions", "all"}:
        yield "sets of groups are not portable"
    if isinstance(node, exp.CTE) and node.args.get("materialized") is not None:
        yield "materialized is not portable"
    if isinstance(node, exp.RegexpReplace) and not is_macro and node.args.get("modifiers") != exp.Literal.string("g"):
        yield "regexp_replace without 'g' replaces once here, everywhere in Spark"
    if isinstance(node, exp.GroupConcat) and not isinstance(node.this, exp.Order):
        yield "string_agg needs an order"
    if isinstance(node, exp.Trim) and set(filter(node.args.get, node.args)) - {"this"}:
        yield "trim takes one argument"
    if isinstance(node, exp.Select) and any(
        node.args.get(part) for part in ("limit", "offset", "distinct_on", "sample")
    ):
        yield "a part of the rows is not portable"
    if isinstance(node, exp.Union) and (node.args.get("by_name") or node.side or node.kind):
        yield "a union by name is not portable"
    if isinstance(node, exp.Distinct) and node.args.get("on"):
        yield "distinct on is not portable"


def main() -> None:
    """Print what is not portable; `make lint` asks."""
    found = [f"{model.table}: {fault}" for model in models() for fault in faults(model)] + macro_faults()
    if found:
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main()
