"""What if: editors for the numbers of a scheme, who moves with other numbers, and scenarios that are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import pyarrow as pa
import streamlit as st

from pages.ui import charts, faults, filters, findings, frame, sentences, shapes, tables
from pages.ui.words import t
from pipelines import reads, whatif
from pipelines.advice import tryout as trial
from pipelines.problems import InputError
from pipelines.reads import Selection
from pipelines.whatif import Change

MOST_HEIGHT = 330
MOST_NAMED = 6


def show(cycle: int, scheme: Mapping[str, pa.Table]) -> None:
    """Draw the editors, the scenarios and, once something is changed and tried, who moves."""
    if cycle in frame.ask(reads.pending_cycles):
        frame.empty("build_first", towards="upload")
        return
    store = frame.warehouse()
    kept = {row["name"]: row["changes"] for row in store.scenarios(cycle).to_pylist()}
    with frame.card(t("tryout.numbers"), t("tryout.numbers_note")):
        labels = {"": t("tryout.in_force"), **{name: name for name in kept}}
        chosen = filters.choose_option("scenario", labels, width=280) if kept else ""
        base, lost = whatif.with_changes(scheme, whatif.parse(kept[chosen]) if chosen else [])
        if lost:
            frame.notice(
                "warning", t("tryout.lost", names=t("rules.comma").join(sentences.row_id(change.id) for change in lost))
            )
        names = [name for name in whatif.EDITABLE if name in scheme]
        tabs = zip(st.tabs([t(f"table.{name}") for name in names]), names, strict=True)
        changes = [change for tab, name in tabs for change in _editor(tab, scheme, base, name, chosen)]
        st.markdown(_listing(changes, scheme) if changes else f":gray[{t('tryout.nothing')}]")
        if any(change.column == "weight" for change in changes):
            st.caption(t("tryout.relative"))
        _decide(cycle, changes, chosen)
    if changes:
        try:
            with frame.waiting(t("tryout.working")):
                moves = frame.ask(trial.quick_moves, cycle, whatif.dump(changes))
            if moves is None:
                moves = _scored(cycle, scheme, changes)
        except InputError as error:
            frame.notice("error", t("tryout.refused"))
            faults.listing(error.problems)
            return
        if moves is not None:
            _outcome(cycle, moves)
    if kept:
        _compared(cycle)
    if not changes:  # made ready while the visitor reads and types: the first answer need not wait for it
        with frame.waiting(t("tryout.preparing")):
            frame.ask(trial.prepare, cycle)


def _editor(
    tab: frame.DeltaGenerator,
    scheme: Mapping[str, pa.Table],
    base: Mapping[str, pa.Table],
    name: str,
    chosen: str,
) -> list[Change]:
    with tab:
        config = {
            "id": st.column_config.TextColumn(tables.label("id"), disabled=True),
            "name": st.column_config.TextColumn(tables.label("name"), disabled=True),
        }
        for column in whatif.EDITABLE[name]:
            form = "percent" if column == "share" else "%g"
            top = 1.0 if column == "share" else None
            config[column] = (
                st.column_config.TextColumn(tables.label(column))
                if whatif.is_word(name, column)
                else st.column_config.NumberColumn(tables.label(column), min_value=0.0, max_value=top, format=form)
            )
        table = whatif.editable(base, name)
        if shapes.is_blank(table, "name"):
            table = table.drop_columns(["name"])
        edited = st.data_editor(
            sentences.rows_said(table),
            column_config=config,
            hide_index=True,
            key=f"edit-{name}-{chosen}",
            height=tables.fit(table.num_rows, MOST_HEIGHT),
            row_height=tables.ROW_HEIGHT,
        )
    return whatif.edits(scheme, name, edited.to_pylist())


def _listing(changes: list[Change], scheme: Mapping[str, pa.Table]) -> str:
    """The changes, each with the number or word that is in force now."""
    cells = {
        (name, row["id"], column): row[column]
        for name in {change.table for change in changes}
        for row in whatif.editable(scheme, name).to_pylist()
        for column in whatif.EDITABLE[name]
    }
    return "\n".join(f"- {_change(change, cells.get((change.table, change.id, change.column)))}" for change in changes)


def _change(change: Change, before: str | float | None = None) -> str:
    words = {
        "table": t(f"table.{change.table}"),
        "id": sentences.row_id(change.id),
        "column": tables.label(change.column),
        "before": "" if before is None else f"{_said_value(change.column, before)} ",
        "value": _said_value(change.column, change.value),
    }
    return t("tryout.change", **words)


def _said_value(column: str, value: Decimal | float | str | None) -> str:
    """A cell of a scheme as its editor shows it."""
    if value is None or isinstance(value, str):
        return value or "–"
    figure = Decimal(str(value))
    return f"{sentences.plain(100 * figure)}%" if column == "share" else sentences.plain(figure)


def _changes_said(text: str) -> str:
    """The changes of a kept scenario in words, for a cell of a table."""
    return t("applies.and").join(_change(change) for change in whatif.parse(text)).replace("**", "")


def _decide(cycle: int, changes: list[Change], chosen: str) -> None:
    text = whatif.dump(changes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = filters.remembered_text("scenario-name", t("tryout.name"), t("tryout.name_hint"))
        who = frame.ask_who()
        is_ready = bool(changes and name and who)
        if st.button(t("tryout.keep"), icon=":material/bookmark_add:", disabled=not is_ready, key="keep"):
            frame.warehouse().keep_scenario(name, cycle, text, who, datetime.now())
            st.rerun()
        if chosen and st.button(t("tryout.drop"), icon=":material/delete:", disabled=not who, key="drop"):
            frame.warehouse().drop_scenario(chosen, cycle, who, datetime.now())
            st.rerun()
    if changes and not (name and who):
        st.caption(t("tryout.keep_needs"))


def _scored(cycle: int, scheme: Mapping[str, pa.Table], changes: list[Change]) -> pa.Table | None:
    """What a whole scoring says of changes that cannot be told at once, where the visitor asks for it."""
    key = (cycle, whatif.dump(changes), frame.version())
    st.caption(t("tryout.slow"))
    if st.button(t("tryout.try"), type="primary", icon=":material/science:", key="try"):
        filters.remember("tried", key)
    if filters.recall("tried") != key:
        return None
    tables_, _ = whatif.with_changes(scheme, changes)
    with st.spinner(t("tryout.scoring")):
        return frame.keep(whatif.compare, key, frame.warehouse(), cycle, tables_)[1]


def _compared(cycle: int) -> None:
    """The kept scenarios side by side."""
    with frame.card(t("tryout.scenarios"), t("tryout.scenarios_note")) as corner:
        key = (cycle, frame.version())
        with st.spinner(t("tryout.scoring")):
            found = frame.ask(trial.scenarios_compared, cycle, filters.recall("scored") == key)
        columns = ["scenario", "kind", "risen", "fallen", "grades_up", "grades_down", "restated", "consequences_changed",
                   "who", "at", "change_list"]  # fmt: skip
        said = tables.say(shapes.worded(found, "change_list", _changes_said, "change_list"))
        tables.show(said, columns, key="scenarios")
        frame.offer(found, "scenarios", str(cycle), seen=lambda: said, within=corner)
        if shapes.known(found, "kind").num_rows < found.num_rows and filters.recall("scored") != key:
            st.caption(t("tryout.slow_kept"))
            if st.button(t("tryout.try_kept"), icon=":material/science:", key="try-kept"):
                filters.remember("scored", key)
                st.rerun()


def _said(rows: list[dict], grades: list[str]) -> str:
    """In sentences: who gains and who loses a grade or a consequence."""
    place = {grade: at for at, grade in enumerate(grades)}
    said = []
    regraded = [row for row in rows if row["grade"] != row["new_grade"]]
    better = [row for row in regraded if place.get(row["new_grade"], 99) < place.get(row["grade"], 99)]
    for name, own in {"gain": better, "lose": [row for row in regraded if row not in better]}.items():
        if own:
            said.append(t(f"tryout.{name}", count=len(own), names=_named(own, "grade")))
    followed = [row for row in rows if row["consequences"] != row["new_consequences"]]
    if followed:
        said.append(t("tryout.follow", count=len(followed), names=_named(followed, "consequences")))
    restated = sum(row["status"] != row["new_status"] for row in rows)
    if restated:
        said.append(t("tryout.restated", count=restated))
    return "\n".join(f"- {sentence}" for sentence in said or [t("tryout.same")])


def _named(rows: list[dict], column: str) -> str:
    told = (
        f"**{row['name'] or row['subject']}** ({row[column] or '–'} → {row[f'new_{column}'] or '–'})" for row in rows
    )
    more = t("chart.more", count=len(rows) - MOST_NAMED) if len(rows) > MOST_NAMED else ""
    return t("confidence.and").join(list(told)[:MOST_NAMED]) + more


def _outcome(cycle: int, moves: pa.Table) -> None:
    kinds = [kind for (kind,) in shapes.distinct(moves, "kind")]
    kind = filters.choose_view("what", {kind: t(f"kind.{kind}") for kind in kinds})
    own = shapes.where(moves, "kind", kind)
    rows = own.to_pylist()
    st.markdown(_said(rows, frame.grades(Selection(cycle, kind))))
    frame.show_figures(
        {"label": t("tryout.up"), "value": f"{sum((row['rank_change'] or 0) > 0 for row in rows):,}"},
        {"label": t("tryout.down"), "value": f"{sum((row['rank_change'] or 0) < 0 for row in rows):,}"},
        {
            "label": t("tryout.regraded"),
            "value": f"{sum(row['grade'] != row['new_grade'] for row in rows):,}",
            "help": t("tryout.regraded_help"),
        },
        {
            "label": t("tryout.followed"),
            "value": f"{sum(row['consequences'] != row['new_consequences'] for row in rows):,}",
            "help": t("tryout.followed_help"),
        },
    )
    grades = frame.grades(Selection(cycle, kind))
    left, right = st.columns([3, 2])
    with left, frame.card(t("tryout.moves"), t("tryout.moves_note")) as corner:
        moved = shapes.moved(own)
        if not moved.num_rows:
            st.caption(t("tryout.nobody"))
        else:
            columns = [
                "rank_change",
                "name",
                "platform",
                "layer",
                "rank",
                "new_rank",
                "total_change",
                "grade",
                "new_grade",
                "new_status",
                "consequences",
                "new_consequences",
            ]
            hidden = {name for name in ("platform", "layer", "new_status") if len(shapes.distinct(moved, name)) < 2}
            hidden |= {name for name in columns if shapes.is_blank(moved, name)}
            shown = [name for name in columns if name not in hidden]
            tables.show(moved, shown, key="moves", grades=grades, height=460)
            frame.offer(moved, "whatif", f"{cycle}-{kind}", within=corner)
    with right, frame.card(findings.regraded(own), t("tryout.grades_note")) as corner:
        names = (t("tryout.in_force"), t("tryout.tried"))
        pairs = shapes.regraded(own)
        frame.chart(charts.transitions, pairs, tuple(grades), *names, alt=t("tryout.grades"), key="whatif")
        frame.offer(pairs, "whatif-grades", f"{cycle}-{kind}", chart="whatif", within=corner)
