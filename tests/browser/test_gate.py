"""The gate of a fresh server, before anybody has opened a page: deep links, downloads, uploads, other machines' names."""

import urllib.error
import urllib.request

import pytest

from pipelines import build, publication
from pipelines.warehouse import Warehouse
from tests.browser.conftest import serve, settle
from tests.browser.test_journey import shoot
from tests.pages import office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SECRET = "s" * 32


def status(address, path, **headers):
    request = urllib.request.Request(
        address + path, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_a_fresh_server_shows_a_role_its_pages_only(browser, tmp_path, monkeypatch):
    path = tmp_path / "office.duckdb"
    with Warehouse.open(path) as store:
        office.load(store, 2025)
        build.build(store, at=office.AT)
        publication.publish(store, 2025, "王敏", office.AT, "会议决定")
        store.set_person("finance", "unit", ["U6"], "王敏", office.AT)
    monkeypatch.setenv("KAOPING_AUTH", "proxy")
    monkeypatch.setenv("KAOPING_PROXY_SECRET", SECRET)
    monkeypatch.setenv("KAOPING_METRICS_TOKEN", SECRET)
    named = {"X-Kaoping-Proxy": SECRET, "X-Forwarded-User": "finance"}
    with serve(path) as address:
        for place in ("/upload", "/media/anything.csv", "/_stcore/upload_file/a/b", "/_stcore/health"):
            assert status(address, place)[0] == 403
            assert status(address, place, X_Forwarded_User="finance", X_Kaoping_Proxy="t" * 32)[0] == 403
        assert status(address, "/health")[0] == 200
        assert status(address, "/metrics")[0] == status(address, "/metrics", Authorization="Bearer ")[0] == 403
        assert status(address, "/metrics", Authorization=f"Bearer {SECRET}")[0] == 200
        code, answered = status(address, "/", **{name.replace("-", "_"): text for name, text in named.items()})
        assert code == 200
        assert {name.lower() for name in answered} >= {
            "x-frame-options", "x-content-type-options", "referrer-policy", "content-security-policy"
        }  # fmt: skip

        context = browser.new_context(locale="en-US", extra_http_headers=named)
        page = context.new_page()
        page.goto(f"{address}/upload?lang=en")
        page.get_by_text("not open to the role").wait_for()
        assert page.locator("[data-testid=stFileUploaderDropzoneInput]").count() == 0
        page.goto(f"{address}/?lang=en")
        settle(page)
        assert page.get_by_text("财政局").first.is_visible()
        assert page.get_by_text("发改局").count() == 0
        shoot(page, "feedback-unit")
        context.close()
