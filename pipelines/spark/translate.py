"""From the SQL of the models, as DuckDB runs it, to Spark SQL: macros put in the place of their calls, sqlglot for the rest.

Decides the few spellings that sqlglot lacks or gets wrong in silence. Refuses what it cannot be sure of: `portable` names the
constructs that a model may use (sql/README.md), and a test holds every model to it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from pipelines.models import SQL

MACRO = re.compile(r"\bmacro (\w+)\(([^)]*)\) as\s+(.*?);\s*(?:$|\n)", re.DOTALL)


@dataclass(frozen=True)
class Macro:
    """A macro: the names of its parameters, its expression, and whether this is Spark's own spelling."""

    parameters: tuple[str, ...]
    body: exp.Expr
    is_own: bool


def read_macros(text: str, dialect: str) -> dict[str, Macro]:
    """The macros of a file of `create or replace macro` statements."""
    code = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    found = {}
    for name, parameters, body in MACRO.findall(code + "\n"):
        names = tuple(part.strip() for part in parameters.split(","))
        found[name] = Macro(names, sqlglot.parse_one(body, dialect=dialect), dialect == "spark")
    return found


@functools.cache
def macros() -> dict[str, Macro]:
    """The macros as Spark is to run them."""
    own = read_macros((SQL / "macros.spark.sql").read_text(encoding="utf-8"), "spark")
    return read_macros((SQL / "macros.sql").read_text(encoding="utf-8"), "duckdb") | own


def expand(tree: exp.Expr) -> exp.Expr:
    """The tree with every call of a macro replaced by the macro's expression, calls in that too."""

    def inline(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in macros():
            return node
        macro = macros()[node.name.lower()]
        given = dict(zip(macro.parameters, (argument.transform(inline) for argument in node.expressions), strict=True))

        def put(part: exp.Expr) -> exp.Expr:
            if isinstance(part, exp.Column) and not part.table and part.name in given:
                return exp.Paren(this=given[part.name].copy())
            return part

        # Calls of other macros first, with the parameters of this one in them; then its arguments, once.
        body = macro.body.copy().transform(inline)
        return exp.Paren(this=body.transform(put))

    return tree.transform(inline)


TYPES = {
    "VARCHAR": "STRING",
    "HUGEINT": "DECIMAL(38, 0)",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "VARCHAR[]": "ARRAY<STRING>",
}
"""What a type of DuckDB is called in Spark where it is not called the same."""


def spark_type(type_: str) -> str:
    """A type of DuckDB as Spark calls it."""
    return TYPES.get(type_, type_)


def view_name(table: str) -> str:
    """The name of the temporary view that stands for `schema.table` in Spark, where such views have no schema."""
    return table.replace(".", "__")


def _own_spelling(node: exp.Expr) -> exp.Expr:
    """A node as Spark means it, where sqlglot would lose a part of what it says."""
    if isinstance(node, exp.Table) and node.db:
        named = exp.to_table(view_name(f"{node.db}.{node.name}"))
        named.set("alias", node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name)))
        return named
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
        return exp.DataType.build("decimal(38, 0)")
    if isinstance(node, exp.Filter) and isinstance(node.this, (exp.ArgMax, exp.ArgMin)):
        return _where(node.this, node.expression.this)
    if isinstance(node, (exp.ArgMax, exp.ArgMin)) and not isinstance(node.parent, exp.Filter):
        return _where(node)
    if isinstance(node, exp.Sign):  # a DOUBLE in Spark
        return _sign(node.this)
    if isinstance(node, exp.ArrayAgg):
        return _ordered_list(node)
    if isinstance(node, exp.RegexpReplace):
        written = node.args["replacement"]
        node.set("replacement", exp.Literal.string(re.sub(r"\\(\d)", r"$\1", written.this)))
        node.set("modifiers", None)
        return node
    if isinstance(node, exp.In) and isinstance(node.this, exp.Tuple) and node.args.get("query"):
        for select in node.args["query"].find_all(exp.Select):
            if isinstance(select.expressions[0], exp.Tuple):
                select.set("expressions", select.expressions[0].expressions)
        return node
    if isinstance(node, exp.Select):
        return _unnested(node)
    return node


def _where(aggregate: exp.Expr, condition: exp.Expr | None = None) -> exp.Expr:
    """DuckDB leaves out rows whose value is NULL, Spark takes them."""
    known = exp.Not(this=exp.Is(this=aggregate.this.copy(), expression=exp.Null()))
    return exp.Filter(this=aggregate, expression=exp.Where(this=exp.and_(known, condition) if condition else known))


def _sign(number: exp.Expr) -> exp.Expr:
    case = exp.Case()
    for word, sign in ((exp.GT, 1), (exp.LT, -1), (exp.EQ, 0)):
        case.append(
            "ifs", exp.If(this=word(this=number.copy(), expression=exp.Literal.number(0)), true=exp.convert(sign))
        )
    return exp.Paren(this=case)


def _ordered_list(node: exp.ArrayAgg) -> exp.Expr:
    """A list in order, by sorting pairs of key and value: Spark's own has no order. Keys ascend and are not NULL."""
    order = node.this
    if not isinstance(order, exp.Order) or any(key.args.get("desc") for key in order.expressions):
        raise ValueError(f"{node.sql()} cannot be said in Spark")
    fields = {f"key_{number}": key.this for number, key in enumerate(order.expressions)} | {"value": order.this}
    given = [part for name, value in fields.items() for part in (exp.Literal.string(name), value.copy())]
    pairs = exp.func("array_sort", exp.func("collect_list", exp.func("named_struct", *given)))
    field = exp.Lambda(this=exp.column("value", "pair"), expressions=[exp.to_identifier("pair")])
    return exp.func("transform", pairs, field)


def _unnested(select: exp.Select) -> exp.Select:
    """A SELECT with one list that becomes rows, beside its FROM: Spark takes an `unnest` in an expression nowhere else."""
    own = [node for part in select.expressions for node in part.find_all(exp.Explode)]
    numbers = [
        node
        for part in select.expressions
        for node in part.find_all(exp.Anonymous)
        if node.name.lower() == "generate_subscripts"
    ]
    if not own or not select.args.get("from_"):
        return select
    lists = {node.this for node in own} | {node.expressions[0] for node in numbers}
    if len(lists) > 1:
        raise ValueError("two lists cannot become rows side by side in Spark")
    (list_,) = lists
    for node in own:
        node.replace(exp.column("element", "unnested"))
    for node in numbers:
        node.replace(exp.Paren(this=exp.column("position", "unnested") + 1))
    columns = [exp.to_identifier("position"), exp.to_identifier("element")]
    alias = exp.TableAlias(this=exp.to_identifier("unnested"), columns=columns)
    select.append("laterals", exp.Lateral(this=exp.Posexplode(this=list_.copy()), view=True, alias=alias))
    return select


def translate(tree: exp.Expr) -> str:
    """A SELECT of a model as Spark SQL."""
    if tree.args.get("with_"):
        tree.args["with_"].set("recursive", False)
    return expand(tree).transform(_own_spelling).sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


@dataclass(frozen=True)
class Recursion:
    """A SELECT with a step that reads its own rows: what it starts from, one more step, and what is made of all rows.

    Each is a SELECT in which a table of the given name stands for the rows: of the step before, or of all steps.
    """

    name: str
    _tree: exp.Expr
    _place: int

    def start(self, table: str) -> exp.Expr:
        return self._part(self._union.this, table)

    def step(self, table: str) -> exp.Expr:
        return self._part(self._union.expression, table)

    def end(self, table: str) -> exp.Expr:
        tree = self._tree.copy()
        steps = tree.args["with_"]
        steps.set("recursive", False)
        steps.expressions[self._place].pop()
        return self._reading(tree, table)

    @property
    def _union(self) -> exp.Union:
        union = self._tree.args["with_"].expressions[self._place].this
        if not isinstance(union, exp.Union) or union.args.get("distinct"):
            raise ValueError(f"the recursion {self.name} is no union all")
        return union

    def _part(self, part: exp.Expr, table: str) -> exp.Expr:
        select = part.unnest().copy()
        before = [step.copy() for step in self._tree.args["with_"].expressions[: self._place]]
        own = select.args.get("with_")
        steps = [*before, *(own.expressions if own else [])]
        if steps:
            select.set("with_", exp.With(expressions=steps))
        return self._reading(select, table)

    def _reading(self, tree: exp.Expr, table: str) -> exp.Expr:
        for node in list(tree.find_all(exp.Table)):
            if node.name == self.name and not node.db:
                alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
                node.set("this", exp.to_identifier(table))
                node.set("alias", alias)
        return tree


def recursion(tree: exp.Expr) -> Recursion | None:
    """The recursion of a SELECT, None where it has none."""
    with_ = tree.args.get("with_")
    for place, step in enumerate(with_.expressions if with_ else ()):
        if any(table.name == step.alias and not table.db for table in step.this.find_all(exp.Table)):
            return Recursion(step.alias, tree, place)
    return None
