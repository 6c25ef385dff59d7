"""Every page for every role: shown or refused, on the server, whatever link led there."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from pages.ui import frame
from pages.ui.gate import Gate
from pipelines import access, publication, reads
from pipelines.access import Settings, User
from pipelines.problems import StoreError
from pipelines.reads import Selection
from pipelines.warehouse import Warehouse
from tests.pages.office import AT

ROOT = Path(__file__).resolve().parents[2]
PAGES = re.findall(r'Entry\("(\w+)", "(\w+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
"""Section and name of every page; `app.py` draws when it is imported."""
SECRET = "s" * 32
PEOPLE = {"office": (), "leader": (), "analyst": (), "unit": ("U2",)}


@pytest.fixture(scope="module")
def shared_file(built_file, tmp_path_factory):
    """The built database with one person of each role, and one who lost his."""
    path = tmp_path_factory.mktemp("access") / "shared.duckdb"
    path.write_bytes(built_file.read_bytes())
    with Warehouse.open(path) as store:
        for role, subjects in PEOPLE.items():
            store.set_person(role, role, subjects, "王敏", AT)
        store.set_person("former", "office", (), "王敏", AT)
        store.set_person("former", "", (), "王敏", AT, is_active=False)
        publication.publish(store, 2025, "王敏", AT, "会议决定")
    return path


@pytest.fixture
def visit(app, shared_file, monkeypatch):
    """Open a page as somebody whom the proxy names."""
    monkeypatch.setenv("KAOPING_AUTH", "proxy")
    monkeypatch.setenv("KAOPING_PROXY_SECRET", SECRET)

    def open_as(identity, page, **parameters):
        headers = {"X-Forwarded-User": identity} if identity else {}
        monkeypatch.setattr(ContextProxy, "headers", property(lambda _: headers))
        return app(shared_file, page, "en", **parameters)

    return open_as


def texts(test):
    parts = [*test.main.markdown, *test.main.caption, *test.main.error, *test.get("html")]
    return "\n".join(str(getattr(part, "value", "") or getattr(part.proto, "body", "")) for part in parts)


def linked(test):
    """The pages that the sidebar links to, apart from the page itself in the other language."""
    shown = "".join(part.proto.body for part in test.sidebar.get("html")).partition("<nav")[2]
    return re.findall(r"<a href='([\w.]+)\?", shown)


@pytest.mark.parametrize("role", PEOPLE)
def test_every_page_is_shown_to_its_roles_and_refused_to_others(visit, role, caplog):
    assert len(PAGES) > 10
    shown = {section: name for section, name in PAGES if role in access.SECTIONS[section]}  # one of a section is enough
    for section, name in PAGES:
        if section in shown and shown[section] != name:
            continue
        caplog.clear()
        test = visit(role, name)
        is_refused = any("not open to the role" in str(error.value) for error in test.error)
        assert is_refused is (role not in access.SECTIONS[section]), (role, name)
        if is_refused:
            assert "A visitor was refused" in caplog.text
            assert any(f"opened {name}" in row["action"] for row in frame.warehouse().ask("audit").to_pylist())
            assert not test.dataframe
            assert not test.get("download_button")
        allowed = {one for part, one in PAGES if role in access.SECTIONS[part]}
        links = set(linked(test))
        assert links, role
        assert links <= allowed | {"."}


@pytest.mark.parametrize("identity", ["", "nobody", "former"])
def test_who_has_no_role_sees_nothing(visit, identity):
    for page in ("overview", "upload", "own"):
        test = visit(identity, page)
        assert "has no role here" in test.error[0].value
        assert not linked(test)
        assert not test.dataframe


def test_a_unit_sees_its_own_result_and_no_other(visit):
    own = texts(visit("unit", "own", cycle=2025))
    assert "工作得分" in own
    assert "区委办" not in own
    other = texts(visit("unit", "own", cycle=2025, subject="U1"))
    assert "区委办" not in other


def test_only_the_office_sees_what_is_not_published(visit):
    """2024 is built and not published: whatever address a leader types, it is not there."""
    for role, cycles in (("office", {"2024", "2025"}), ("leader", {"2025"}), ("analyst", {"2025"})):
        test = visit(role, "rankings", cycle=2024, edition="draft")
        shown = texts(test)
        assert ("**2024" in shown) is ("2024" in cycles), role
        assert ("draft, not published" in shown) is (role == "office")
    assert "published, no. 1 of 20 January 2026" in texts(visit("leader", "rankings"))
    assert "as published, no. 1" in texts(visit("office", "rankings"))
    assert "published, no. 1" in texts(visit("office", "rankings", edition="published"))


def test_a_refusal_is_written_once_a_minute_and_changes_no_answer(shared_file, tmp_path):
    with Warehouse.open(tmp_path / "a.duckdb") as store:
        before = store.version
        for seconds in (0, 10, 70):
            store.refuse("李", "opened upload", AT + timedelta(seconds=seconds))
        assert [row["action"] for row in store.ask("audit").to_pylist()] == ["refuse opened upload"] * 2
        assert store.version == before
        assert store.broken_links() == []


def test_a_role_that_is_taken_away_is_gone_at_the_next_run(visit, shared_file, tmp_path):
    test = visit("leader", "rankings")
    assert test.dataframe
    frame.warehouse().set_person("leader", "", (), "王敏", AT, is_active=False)
    test.run()
    assert "has no role here" in test.error[0].value
    frame.warehouse().set_person("leader", "leader", (), "王敏", AT)


# -- questions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "subject", "is_open"),
    [(reads.score_steps, "U2", True), (reads.score_steps, "U1", False), (reads.score_steps, None, False),
     (reads.ranking, None, False), (reads.peers, "U2", False), (reads.cohorts, None, True)],
)  # fmt: skip
def test_a_unit_asks_about_itself_only(question, subject, is_open):
    unit = User("a", "unit", frozenset({"U2"}))
    arguments = () if question is reads.cohorts else (Selection(2025, subject=subject),)
    if is_open:
        access.check_question(unit, question, arguments)
    else:
        with pytest.raises(access.Refused, match=question.__name__):
            access.check_question(unit, question, arguments)
    access.check_question(User("b", "leader"), question, arguments)


@pytest.mark.parametrize("table", sorted(access.OFFICE_TABLES))
def test_personal_tables_are_taken_by_the_office_only(table):
    access.check_question(User("a", "office"), reads.table, (table, Selection(2025)))
    for role in ("leader", "analyst", "unit"):
        with pytest.raises(access.Refused, match=table if role != "unit" else "table"):
            access.check_question(User("b", role), reads.table, (table, Selection(2025)))
        with pytest.raises(access.Refused, match=table if role != "unit" else "table"):
            access.check_question(User("b", role), reads.table_of_cycles, (table, (Selection(2025),)))
    access.check_question(User("b", "analyst"), reads.table, ("ranking", Selection(2025)))


@pytest.mark.parametrize(
    "environment",
    [{"KAOPING_AUTH": "none"}, {"KAOPING_AUTH": "proxy"}, {"KAOPING_AUTH": "proxy", "KAOPING_PROXY_SECRET": "short"}],
)
def test_an_unsafe_setting_stops_the_server(environment):
    with pytest.raises(StoreError):
        Settings.read(environment)


@pytest.mark.parametrize(("address", "is_safe"), [("127.0.0.1", True), ("0.0.0.0", False), (None, False)])
def test_without_sign_in_only_this_machine_is_served(address, is_safe):
    if is_safe:
        Settings().check_address(address)
    else:
        with pytest.raises(StoreError, match="on 127"):
            Settings().check_address(address)
    Settings("oidc").check_address(address)


@pytest.mark.parametrize(
    ("age", "is_open"),
    [(0, True), (7 * 3600, True), (8 * 3600 + 1, False), (-200, True), (-3600, False), (None, False)],
)
def test_a_sign_in_is_worth_eight_hours_and_nothing_from_the_future(age, is_open):
    now = 1_800_000_000.0
    assert access.is_fresh(None if age is None else now - age, now) is is_open


# -- the gate -------------------------------------------------------------------------------------------------------


def status(monkeypatch, path="/", peer="127.0.0.1", **headers):
    monkeypatch.setenv("KAOPING_PROXY_SECRET", SECRET)
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Gate(None).status({"type": "http", "path": path, "headers": raw, "client": (peer, 1)})


def test_the_local_gate_knows_its_own_name_only(monkeypatch):
    assert status(monkeypatch, host="127.0.0.1:8501") == 0
    assert status(monkeypatch, host="localhost") == 0
    assert status(monkeypatch, host="evil.example") == 403
    assert status(monkeypatch, host="127.0.0.1", peer="10.0.0.9") == 403


def test_the_proxy_gate_wants_the_secret_and_one_name(monkeypatch):
    monkeypatch.setenv("KAOPING_AUTH", "proxy")
    for path in ("/", "/media/x.csv", "/_stcore/upload_file/a/b", "/_stcore/stream"):
        assert status(monkeypatch, path, x_forwarded_user="a") == 403
        assert status(monkeypatch, path, x_forwarded_user="a", x_kaoping_proxy="t" * 32) == 403
        assert status(monkeypatch, path, x_kaoping_proxy=SECRET) == 403
        assert status(monkeypatch, path, x_forwarded_user="a", x_kaoping_proxy=SECRET) == 0
    twice = [(b"x-kaoping-proxy", SECRET.encode()), (b"x-forwarded-user", b"a"), (b"X-Forwarded-User", b"office")]
    assert Gate(None).status({"type": "http", "path": "/", "headers": twice, "client": None}) == 403


def test_the_oidc_gate_wants_a_signed_cookie_for_media_and_uploads(monkeypatch):
    monkeypatch.setenv("KAOPING_AUTH", "oidc")
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: SECRET)
    signed = create_signed_value(SECRET, "_streamlit_user", b"{}").decode()
    forged = create_signed_value("x" * 32, "_streamlit_user", b"{}").decode()
    for path in ("/media/x.csv", "/_stcore/upload_file/a/b", "/_stcore/metrics"):
        assert status(monkeypatch, path) == 401
        assert status(monkeypatch, path, cookie="_streamlit_user=rubbish") == 401
        assert status(monkeypatch, path, cookie=f"_streamlit_user={forged}") == 401
        assert status(monkeypatch, path, cookie=f'_streamlit_user="{signed}"') == 0
    assert status(monkeypatch, "/") == 0
