"""What the SQL files say of themselves: which tables a model reads, in which order they run, when one has nothing to do.

Folder is schema, file is table: `sql/scoring/ranks.sql` is `scoring.ranks`. All of it is read from DuckDB's own parse of the
SELECT, so nothing has to be declared and nothing can go stale. Refuses a model that reads a schema its layer may not read.
"""

from __future__ import annotations

import functools
import graphlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).resolve().parent.parent / "sql"
LAYERS = ("staging", "scoring", "marts")
MAY_READ = {
    "staging": {"raw", "run", "staging"},
    "scoring": {"staging", "run", "scoring"},
    "marts": {"raw", "run", "staging", "scoring", "marts"},
    "extracts": {"marts"},
    "queries": {"marts", "store"},
    "advice": {"staging", "scoring"},
    "checks": {"raw", "run", "staging", "scoring", "marts"},
}
"""The layer law: which schemas the models of a folder may read."""

Node = Mapping[str, Any]


@dataclass(frozen=True)
class Model:
    """One SQL file: the table it makes, its text, the tables it reads and which of them it has no rows without."""

    schema: str
    name: str
    text: str
    reads: frozenset[str]
    needs: Needs

    @property
    def table(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def is_view(self) -> bool:
        return "\n-- Materialised: view" in self.text

    @property
    def comment(self) -> str:
        """The header of the file: what the table is, its grain and its rule."""
        lines = []
        for line in self.text.splitlines():
            if not line.startswith("--"):
                break
            if not line.startswith("-- Materialised"):
                lines.append(line.removeprefix("--").strip())
        return " ".join(lines)


@dataclass(frozen=True)
class Needs:
    """What a SELECT has no rows without: a table, or all or any of several needs. `Needs()` needs nothing."""

    table: str = ""
    parts: tuple[Needs, ...] = ()
    is_any: bool = False

    def fail(self, empty: Collection[str]) -> bool:
        """Whether there can be no row while these tables are empty. False when in doubt."""
        if self.table:
            return self.table in empty
        if self.is_any:
            return bool(self.parts) and all(part.fail(empty) for part in self.parts)
        return any(part.fail(empty) for part in self.parts)


NOTHING = Needs()


def every(*parts: Needs) -> Needs:
    """Rows come only if all of these have some: an inner join."""
    some = tuple(part for part in parts if part != NOTHING)
    return some[0] if len(some) == 1 else Needs(parts=some)


def either(*parts: Needs) -> Needs:
    """Rows come if one of these has some: a union."""
    return NOTHING if NOTHING in parts else Needs(parts=parts, is_any=len(parts) > 1)


def read_needs(text: str) -> Needs:
    """What a SELECT has no rows without."""
    with duckdb.connect() as parser:
        return _Reader(_aggregates()).needs(_parse(text, parser), {})


@functools.cache
def read_models(*folders: str) -> tuple[Model, ...]:
    """The models of these folders of `sql/`, each after the models that it reads."""
    models = {}
    aggregates = _aggregates()
    with duckdb.connect() as parser:
        for folder in folders:
            layer = folder.split("/")[0]
            for path in sorted((SQL / folder).glob("*.sql")):
                text = path.read_text(encoding="utf-8")
                tree = _parse(text, parser)
                reads = frozenset(_tables(tree))
                foreign = {table for table in reads if table.split(".")[0] not in MAY_READ[layer]}
                if foreign:
                    raise ValueError(f"{folder}/{path.name} may not read {', '.join(sorted(foreign))}")
                model = Model(layer, path.stem, text, reads, _Reader(aggregates).needs(tree, {}))
                models[model.table] = model
    order = graphlib.TopologicalSorter({name: model.reads & models.keys() for name, model in models.items()})
    return tuple(models[name] for name in order.static_order())


def _parse(text: str, parser: duckdb.DuckDBPyConnection) -> Node:
    """The tree of a SELECT. Raises ValueError for anything else."""
    answer = json.loads(parser.execute("select json_serialize_sql(?::varchar)", [text]).fetchall()[0][0])
    if answer["error"]:
        raise ValueError(answer["error_message"])
    tree: Node = answer["statements"][0]["node"]
    return tree


@functools.cache
def _aggregates() -> frozenset[str]:
    with duckdb.connect() as catalogue:
        rows = catalogue.execute("select function_name from duckdb_functions() where function_type = 'aggregate'")
        return frozenset(str(row[0]) for row in rows.fetchall())


def _nodes(node: object) -> Iterator[Node]:
    """Every node of a tree."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _tables(tree: Node) -> Iterator[str]:
    for node in _nodes(tree):
        if node.get("type") == "BASE_TABLE" and node.get("schema_name"):
            yield f"{node['schema_name']}.{node['table_name']}"


@dataclass(frozen=True)
class _Reader:
    """Reads from a tree what its SELECT has no rows without. Where it does not know, it says that nothing is needed."""

    aggregates: frozenset[str]

    def needs(self, node: Node, outer: Mapping[str, Needs]) -> Needs:
        known = dict(outer)
        for entry in (node.get("cte_map") or {}).get("map", []):
            value = entry["value"]
            known[entry["key"]] = self.needs(value.get("query_node") or value["query"]["node"], known)
        if node["type"] == "SELECT_NODE":
            return self._select(node, known)
        if node["type"] == "SET_OPERATION_NODE":
            parts = [self.needs(part, known) for part in node.get("children") or (node["left"], node["right"])]
            return either(*parts) if node["setop_type"] == "UNION" else parts[0]
        if node["type"] == "RECURSIVE_CTE_NODE":  # it goes on from the rows that it begins with
            return self.needs(node["left"], known)
        return NOTHING

    def _select(self, node: Node, known: Mapping[str, Needs]) -> Needs:
        aggregated = [self._has_aggregate(column) for column in node["select_list"]]
        by_all = node["aggregate_handling"] == "FORCE_AGGREGATES"  # by every column that does not aggregate
        is_grouped = not all(aggregated) if by_all else bool(node.get("group_expressions"))
        gives_a_row_for_none = (any(aggregated) or bool(node.get("having"))) and not is_grouped
        if gives_a_row_for_none or len(node.get("group_sets") or ()) > 1:
            return NOTHING
        return every(self._source(node["from_table"], known), *self._conditions(node.get("where_clause"), known))

    def _has_aggregate(self, node: object) -> bool:
        if isinstance(node, list):
            return any(self._has_aggregate(child) for child in node)
        if not isinstance(node, dict) or node.get("class") == "SUBQUERY":
            return False
        if node.get("class") == "FUNCTION" and node["function_name"] in self.aggregates:
            return True
        return any(self._has_aggregate(child) for child in node.values())

    def _source(self, node: Node | None, known: Mapping[str, Needs]) -> Needs:
        if node is None:
            return NOTHING
        if node["type"] == "BASE_TABLE":
            if node.get("schema_name"):
                return Needs(f"{node['schema_name']}.{node['table_name']}")
            return known.get(node["table_name"], NOTHING)
        if node["type"] == "SUBQUERY":
            return self.needs(node["subquery"]["node"], known)
        if node["type"] == "JOIN":
            left, right = self._source(node["left"], known), self._source(node["right"], known)
            if node["ref_type"] == "POSITIONAL" or node["join_type"] in ("FULL", "OUTER"):
                return either(left, right)
            return {"LEFT": left, "ANTI": left, "RIGHT": right}.get(node["join_type"], every(left, right))
        return NOTHING

    def _conditions(self, node: Node | None, known: Mapping[str, Needs]) -> list[Needs]:
        """What the conditions of a WHERE ask for: those that are all required and look into another table."""
        if node is None:
            return []
        if node["type"] == "CONJUNCTION_AND":
            return [need for child in node["children"] for need in self._conditions(child, known)]
        if node["type"] == "SUBQUERY" and node["subquery_type"] in ("ANY", "EXISTS"):
            return [self.needs(node["subquery"]["node"], known)]
        return []
