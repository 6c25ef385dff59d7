"""The office's two cycles in a database file, loaded and built once, and the app over it."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest

from pages.ui import frame
from pipelines import build
from pipelines.warehouse import Warehouse
from tests.pages import office
from tests.presets import preset_file

__all__ = ["preset_file"]

ROOT = Path(__file__).resolve().parents[2]
APP = str(ROOT / "app.py")


@pytest.fixture(scope="session")
def built_file(tmp_path_factory):
    """The path of a database with both cycles built. Nobody writes to it."""
    path = tmp_path_factory.mktemp("pages") / "built.duckdb"
    with Warehouse.open(path) as warehouse:
        for cycle in office.SCORES:
            office.load(warehouse, cycle)
        assert build.build(warehouse, who="王敏", at=office.AT) == list(office.SCORES)
    return path


@pytest.fixture
def warehouse(built_file):
    """The database with both cycles built, for questions without a page."""
    with Warehouse.open(built_file) as store:
        yield store


@pytest.fixture
def empty_file(tmp_path):
    """The path of a database that holds nothing yet."""
    return tmp_path / "empty.duckdb"


class Settled(PagesManager):
    """Streamlit in a process where `app.py` has run before: a cold start has tests of its own in tests/browser."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


@pytest.fixture
def app(monkeypatch):
    """Start the app over a database file; a function of path, page, language and URL parameters."""
    monkeypatch.setattr("streamlit.testing.v1.app_test.PagesManager", Settled)

    def start(path, page="overview", lang="zh", **parameters):
        monkeypatch.setenv("KAOPING_DB", str(path))
        test = AppTest.from_file(APP, default_timeout=60)
        for name, value in {"lang": lang, **parameters}.items():
            test.query_params[name] = str(value)
        test.switch_page(f"pages/{page}.py")
        return test.run()

    yield start
    frame.leave()
    st.cache_resource.clear()
