"""Does every table fit the paper that its page asks for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import SignIn
from tests.web.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.one_database("what a browser makes of a page")

# Between the margins, in CSS pixels: A4 upright and lying, A3 lying (static/css/app.css).
UPRIGHT, LYING, WALL = 703, 1032, 1534
SHEETS = {
    "/plans/p-2023/": LYING,
    "/ledger/": LYING,
    "/plans/p-2023/wallchart/": WALL,
    "/plans/p-2023/targets/": LYING,
    "/plans/p-2023/targets/FIN-T1/": UPRIGHT,
    "/plans/p-2023/milestones/FIN-08/": UPRIGHT,
}
CUT_OFF = """
() => [...document.querySelectorAll('table, svg, h1, p')]
  .filter(one => one.getClientRects().length && !one.closest('.unseen'))
  .filter(one => {
    const box = one.closest('.scroll, .wall-scroll');
    const hides = box && getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 1;
    return hides || one.getBoundingClientRect().right > innerWidth + 1;
  }).map(one => one.outerHTML.slice(0, 120))
"""


def test_nothing_is_wider_than_the_paper(cast: Cast, page: Page, live_server: Any, sign_in: SignIn) -> None:
    sign_in(page, cast.office)
    page.emulate_media(media="print")
    for path, width in SHEETS.items():
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(live_server.url + path)
        assert page.evaluate(CUT_OFF) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
