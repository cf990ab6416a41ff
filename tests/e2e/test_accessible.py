"""Do axe, thumbs and the browser's console find anything to object to, at a desk and on a phone, light and dark?"""

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


SIZES: dict[str, Any] = {"desk": {"width": 1440, "height": 900}, "phone": PHONE}
ASK = "options => axe.run(options).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 160)))"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.mark.parametrize("size", SIZES)
def test_every_page(cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn, size: str) -> None:
    page = looker(browser, size)
    found = {path: faults(page, live_server.url + path, size) for path in DOORS}
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    sign_in(page, cast.office)
    found |= {path: faults(page, live_server.url + path, size) for path in PAGES}
    assert not {path: faulty for path, faulty in found.items() if faulty}
    assert said == [], "the policy forbids something that a page does"


def test_the_workbench_fills_a_phone_and_no_more(
    cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn
) -> None:
    page = browser.new_context(locale="zh-CN", viewport=PHONE).new_page()  # type: ignore[arg-type]  # playwright's dict
    sign_in(page, cast.office)
    for path in [f"milestone/{cast.roof.pk}/{what}/" for what in ("change", "history")] + ["milestone/", "person/"]:
        page.goto(f"{live_server.url}/admin/milestones/{path}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
        assert page.locator("#content").bounding_box()["width"] > 380, path  # type: ignore[index]


def looker(browser: Browser, size: str) -> Page:
    """In the light; nothing moves, so that colours are at once what they will be."""
    context = browser.new_context(
        locale="zh-CN", viewport=SIZES[size], color_scheme="light", reduced_motion="reduce", timezone_id="Asia/Shanghai"
    )
    return context.new_page()


def faults(page: Page, address: str, size: str) -> list[str]:
    """What axe and thumbs object to. In the dark only colours are others."""
    page.goto(address)
    page.evaluate(Axe().axe_script)
    found = page.evaluate(ASK, RULES)
    if size == "phone":
        found += [f"small: {one}" for one in page.evaluate(SMALL)]
        found += [] if page.evaluate("document.documentElement.scrollWidth <= innerWidth") else ["scrolls sideways"]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in page.evaluate(ASK, COLOURS)]
    page.emulate_media(color_scheme="light")
    return list(found)
