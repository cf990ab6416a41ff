"""Does axe find anything to object to, at a desk and on a phone, light and dark; and can a thumb hit everything?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import SignIn
from tests.web.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.one_database("what a browser makes of a page")

ROOF = "/plans/p-2023/milestones/FIN-08/"
PAGES = [
    "/",
    "/plans/",
    "/plans/p-2023/",
    "/plans/p-2023/wallchart/",
    "/plans/p-2023/trend/",
    "/plans/p-2023/new-milestone/",
    "/calendar/",
    "/ledger/",
    "/search/?q=xidao",
    "/plans/p-2023/targets/",
    "/plans/p-2023/targets/FIN-T1/",
    "/plans/p-2023/targets/FIN-T1/record/",
    "/plans/p-2023/targets/FIN-T1/paste/",
    "/approvals/",
    "/notices/",
    "/notices/new/?milestone=p-2023/FIN-09",
    "/reminders/",
    "/reminders/coming/?days=30",
    "/reminders/why/?milestone=FIN-09&person=owner",
    "/reminders/outbox/",
    ROOF,
    f"{ROOF}submit/",
    f"{ROOF}edit/",
    f"{ROOF}report/",
    f"{ROOF}why/",
    "/me/",
    "/me/security/",
    "/accounts/password/change/",
]
DOORS = [
    "/accounts/login/",
    "/accounts/password/reset/",
    "/do/mute/nothing/",
    "/no/such/page/",
    "/api/v1/docs",
    "/api/v1/problems/stale",
]
PHONE = {"width": 390, "height": 844}
# What is touched on a phone, 44 px high at least; words inside sentences, tables and small marks of charts excepted.
SMALL = """
() => [...document.querySelectorAll(
    'button, .button, summary, select, .tabbar a, input:not([type=hidden], [type=checkbox])')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 43.5 && !e.matches('summary.aside'))
  .map(e => e.outerHTML.slice(0, 120) + ' ' + e.getBoundingClientRect().height)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desk", "phone"])
def test_axe(cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn, scheme: Any, size: str) -> None:
    viewport: Any = PHONE if size == "phone" else {"width": 1440, "height": 900}
    page = browser.new_context(locale="zh-CN", color_scheme=scheme, viewport=viewport).new_page()
    found = {path: violations(page, live_server.url + path) for path in DOORS}
    sign_in(page, cast.office)
    found |= {path: violations(page, live_server.url + path) for path in PAGES}
    assert not {path: said for path, said in found.items() if said}


def test_everything_touched_on_a_phone_is_large_enough(
    cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn
) -> None:
    page = browser.new_context(locale="zh-CN", viewport=PHONE).new_page()  # type: ignore[arg-type]  # playwright's dict
    sign_in(page, cast.office)
    for path in [*PAGES, "/api/v1/docs"]:
        page.goto(live_server.url + path)
        assert page.evaluate(SMALL) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"


def test_the_workbench_fills_a_phone_and_no_more(
    cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn
) -> None:
    page = browser.new_context(locale="zh-CN", viewport=PHONE).new_page()  # type: ignore[arg-type]  # playwright's dict
    sign_in(page, cast.office)
    for path in [f"milestone/{cast.roof.pk}/{what}/" for what in ("change", "history")] + ["milestone/", "person/"]:
        page.goto(f"{live_server.url}/admin/milestones/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert page.locator("#content").bounding_box()["width"] > 380, path  # type: ignore[index]


def test_the_browser_reports_nothing_against_the_policy(
    cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn
) -> None:
    page = browser.new_context(locale="zh-CN").new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    sign_in(page, cast.office)
    for path in PAGES:
        page.goto(live_server.url + path)
    assert said == []


def violations(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]]
