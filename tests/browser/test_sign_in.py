"""Signing in with an identity provider: each role its pages, two roles at once, an old sign-in, a copied cookie."""

import urllib.error
import urllib.request

import pytest

from pipelines import publication
from pipelines.warehouse import Warehouse
from tests import identity
from tests.browser.conftest import serve, settle
from tests.pages import office

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

PEOPLE = {"office": (), "unit": ("U6",), "yesterday": ()}


@pytest.fixture
def address(built_database, tmp_path):
    path = tmp_path / "office.duckdb"
    path.write_bytes(built_database.read_bytes())
    with Warehouse.open(path) as store:
        for name, subjects in PEOPLE.items():
            store.set_person(name, "unit" if subjects else "office", subjects, "王敏", office.AT)
        publication.publish(store, store.cycles()[-1], "王敏", office.AT, "会议决定")
    port = identity.free_port()
    with (
        identity.provided([*PEOPLE, "nobody"], port, tmp_path) as environment,
        serve(path, port=port, environment=environment) as served,
    ):
        yield served


def fetched(url, cookies=()):
    request = urllib.request.Request(
        url, headers={"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in cookies)}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_each_signs_in_and_sees_what_is_his(browser, address):
    contexts = {}

    def sign_in(name, place="?lang=en"):
        contexts[name] = browser.new_context(locale="en-US")
        page = contexts[name].new_page()
        page.goto(f"{address}/{place}")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name=name).click()
        page.wait_for_url(f"{address}/**")
        return page

    first = sign_in("office")
    settle(first)
    first.goto(f"{address}/extracts?lang=en&kind=unit")  # what the office sees is kept now, for whom it may be
    settle(first)
    assert first.get_by_text("office · assessment office").is_visible()
    first.get_by_role("button", name="CSV").wait_for()
    with first.expect_download() as taken:
        first.get_by_role("button", name="CSV").click()
    assert "区委办" in taken.value.path().read_text(encoding="utf-8-sig")
    media = taken.value.url
    assert "/media/" in media
    assert fetched(media) == 401
    assert fetched(media, contexts["office"].cookies()) in (200, 404)

    second = sign_in("unit")
    settle(second)
    assert second.get_by_text("财政局").first.is_visible()
    for place in ("", "extracts", "workbench", "subject?subject=U1"):
        second.goto(f"{address}/{place}{'&' if '?' in place else '?'}lang=en")
        second.locator("[data-testid=stMain] h1, [data-testid=stAlert]").first.wait_for()
        if place:
            second.get_by_text("not open to the role").wait_for()
        assert second.get_by_text("区委办").count() == 0, place
    first.goto(f"{address}/rankings?lang=en")  # the other's refusals are not the office's
    settle(first)
    assert first.get_by_text("Rankings").first.is_visible()

    sign_in("nobody").get_by_text("nobody has no role here").wait_for()
    late = sign_in("yesterday")
    late.get_by_role("button", name="Sign in").wait_for()
    assert late.get_by_role("link", name="Overview").count() == 0
    for context in contexts.values():
        context.close()
