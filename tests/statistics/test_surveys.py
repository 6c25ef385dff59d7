"""Surveys in which a person may give several answers: counted by person, tested answer by answer."""

import numpy as np
import pytest

from pipelines.engine import Run, in_memory
from pipelines.statistics import surveys
from tests.raw_form import to_raw


def test_several_answers_in_one_cell_are_counted_by_person():
    """Ten people: six tick bus and rail, four rail alone; the second question has one answer each."""
    rows = [
        {"cycle": "2025", "respondent": str(number), "group": "", "question": question, "answer": answer}
        for number in range(10)
        for question, answer in (("way", "bus; rail;rail" if number < 6 else "rail"), ("mood", "good"))
    ]
    tables = to_raw(
        {
            "settings": [{"key": "cycle", "value": "2025"}, {"key": "anonymity", "value": "3"}],
            "subjects": [{"cycle": "2025", "subject": "U1", "kind": "unit"}],
            "survey": rows,
        }
    )
    with in_memory() as connection:
        run = Run(connection, tables, 2025)
        run.stage()
        run.score()
        found = {
            (row["question"], row["answer"]): (row["answers"], row["respondents"])
            for row in run.table("marts.survey").to_pylist()
        }
    assert found == {("way", "bus"): (6, 10), ("way", "rail"): (10, 10), ("mood", "good"): (10, 10)}
    bus = next(share for share in surveys.shares({"bus": 6, "rail": 10}, 10) if share.answer == "bus")
    assert (bus.size, bus.rate) == (10, 0.6)


def test_several_answers_are_tested_one_by_one():
    """30 of 40 against 10 of 40 tick the first answer, everybody as many the second: χ² = 20, V = 0.5 on one of two."""
    found = surveys.cross_multiple(np.array([[30, 20], [10, 20]]), np.array([40, 40]))
    assert found.v == pytest.approx(0.5)
    assert found.p == pytest.approx(2 * 7.744e-6, rel=1e-3)
    assert surveys.cross_multiple(np.array([[20, 5], [20, 5]]), np.array([40, 40])).p == 1
