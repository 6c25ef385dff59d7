"""What was published stays as it was, with what was open then."""

import json

import pytest

from pipelines import build, publication
from pipelines.engine import EXTRACTS
from pipelines.problems import StoreError
from pipelines.warehouse import Warehouse
from tests.pages import office


def test_a_publication_needs_a_reason_for_what_is_open_and_stays_as_it_was():
    with Warehouse.open(None) as store:
        with pytest.raises(StoreError, match="no build"):
            publication.publish(store, 2025, "王敏", office.AT)
        office.load(store, 2025)
        build.build(store, who="王敏", at=office.AT)
        assert "border" in {one.what for one in publication.still_open(store, 2025)}
        with pytest.raises(StoreError, match=r"not ready.*border"):
            publication.publish(store, 2025, "王敏", office.AT)
        number = publication.publish(store, 2025, "王敏", office.AT, "考核委员会第3次会议决定")
        row = store.ask("publications").to_pylist()[0]
        assert (row["number"], row["who"], row["reason"]) == (number, "王敏", "考核委员会第3次会议决定")
        assert ["border", 2, "优秀"] in json.loads(row["open_points"])
        before = publication.published(store, number)
        assert set(before) == set(EXTRACTS)
        assert before["ranking"].to_pylist() == store.extract("ranking", 2025).to_pylist()

        office.load(store, 2025, office.workbook(2025, 60))
        assert "pending" in {one.what for one in publication.still_open(store, 2025)}
        build.build(store, who="王敏", at=office.AT)
        after = publication.published(store, number)
        assert all(after[name].equals(before[name]) for name in EXTRACTS)
        assert store.extract("ranking", 2025).to_pylist() != before["ranking"].to_pylist()
        entry = next(one for one in store.ask("audit").to_pylist() if one["action"].startswith("publish 2025"))
        assert entry["before"] == "not published"
        assert "考核委员会" in entry["action"]
        with pytest.raises(StoreError, match="no publication 9"):
            publication.published(store, 9)
