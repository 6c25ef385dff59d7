"""What drives a ranking: weights on paper and in effect, which of them move ranks, and how near the next flip is."""

import streamlit as st

from pages.ui import charts, findings, frame, shapes, tables
from pages.ui.words import t
from pipelines.advice import method


@frame.page
def show() -> None:
    """Draw what drives the ranking of the selected cohort."""
    selection = frame.open_page("method", "kind", "platform", "layer", "cycle", is_one_cohort=True)
    with frame.waiting(t("method.working")):
        drivers = frame.ask(method.drivers, selection)
        lines = frame.ask(method.lines, selection)
        rules = frame.ask(method.rules, selection)
    if not drivers.num_rows:
        frame.empty("too_few")
        return
    _sentences(drivers.to_pylist(), lines.to_pylist())
    with frame.beside():
        with frame.card(findings.weights(drivers), t("method.effect_note")) as corner:
            frame.chart(charts.weights, drivers, alt=t("method.effect"))
            frame.offer(drivers, "weights-in-effect", selection.stem, chart="weights", within=corner)
        with frame.card(findings.indices(drivers), t("method.indices_note")) as corner:
            frame.chart(charts.indices, drivers, alt=t("method.indices"))
            frame.offer(drivers, "indices", selection.stem, chart="indices", within=corner)
    with frame.card(t("method.flips"), t("method.flips_note")) as corner:
        columns = ["name", "within", "flip_share", "flip_names", "weight", "flip_below", "flip_above", "nominal_share",
                   "variance_share", "shift_mean", "shift_greatest", "regraded"]  # fmt: skip
        tables.show(shapes.sorted_up(drivers, "flip_share"), columns, key="drivers", height=460, roomy=("name",))
        frame.offer(drivers, "drivers", selection.stem, within=corner)
    _rules(rules, selection.stem)
    with frame.card(t("method.lines"), t("method.lines_note")) as corner:
        if lines.num_rows:
            grades = frame.grades(selection)
            columns = ["grade", "last_in", "first_out", "gap_points", "nearest_of", "nearest_part", "nearest_points"]
            tables.show(lines, columns, key="lines", grades=grades)
            frame.offer(lines, "lines", selection.stem, within=corner)
        else:
            st.caption(t("method.no_lines"))
    with st.expander(t("confidence.method")):
        st.markdown(t("method.method_text"))


def _rules(rules: shapes.Table, stem: str) -> None:
    with frame.card(findings.rules(rules), t("method.rules_note")) as corner:
        ways = shapes.known(rules, "shift_mean")
        worst = max(ways.to_pylist(), key=lambda row: (row["regraded"], row["shift_mean"]), default=None)
        if worst is not None and worst["regraded"]:
            words = {
                "rule": t(f"method_rule.{worst['method_rule']}"),
                "way": t(f"method_option.{worst['method_option']}"),
            }
            st.markdown(f"- {t('method.otherwise', count=worst['regraded'], **words)}")
        else:
            st.markdown(f"- {t('method.steady')}")
        with frame.beside():
            frame.chart(charts.rule_indices, rules, alt=t("method.rules"))
            columns = ["method_rule", "method_option", "shift_mean", "shift_greatest", "regraded"]
            labels = {"shift_mean": t("method.shift_mean"), "shift_greatest": t("method.shift_greatest")}
            tables.show(tables.say(ways), columns, key="rules", height=300, labels=labels)
            frame.offer(rules, "rules", stem, chart="rule_indices", within=corner)


def _sentences(drivers: list[dict], lines: list[dict]) -> None:
    said = []
    roots = [row for row in drivers if row["depth"] == 1 and row["variance_share"] is not None]
    for row in sorted(roots, key=lambda row: -abs(row["variance_share"] - row["nominal_share"]))[:2]:
        more = row["variance_share"] - row["nominal_share"]
        if abs(more) >= findings.NOTABLE:
            words = {
                "paper": tables.percent(row["nominal_share"], 0),
                "effect": tables.percent(row["variance_share"], 0),
            }
            said.append(t("method.heavier" if more > 0 else "method.lighter", name=row["name"], **words))
    if not said:
        said.append(t("method.as_written"))
    flips = sorted((row for row in drivers if row["flip_share"] is not None), key=lambda row: row["flip_share"])
    if flips:
        first = flips[0]
        said.append(
            t(
                "method.first_flip",
                name=first["name"],
                share=tables.percent(first["flip_share"]),
                who=first["flip_names"],
            )
        )
    else:
        said.append(t("method.no_flip"))
    if lines:
        first = lines[0]
        said.append(t("method.nearest", last=first["last_in"], first=first["first_out"], grade=first["grade"],
                      points=tables.number(first["gap_points"])))  # fmt: skip
    st.markdown("\n".join(f"- {sentence}" for sentence in said))
