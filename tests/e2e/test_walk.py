"""Can two people bring a milestone to its end in a real browser, without a line of JavaScript?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.conftest import SignIn
from tests.web.cast import Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOF = "/plans/p-2023/milestones/FIN-08/"


def test_submit_and_verify(cast: Cast, browser: Browser, live_server: Any, sign_in: SignIn) -> None:
    owner = visitor(browser)
    sign_in(owner, cast.owner)
    owner.get_by_role("link", name="中银西岛中心结构封顶").click()
    owner.locator(".more-acts summary").click()
    owner.locator(".more-acts").get_by_role("link", name="开始推进").click()
    owner.get_by_role("button", name="开始推进").click()
    owner.get_by_text("已开始推进。").wait_for()
    owner.locator(".next").get_by_role("link", name="报送办结").click()
    owner.get_by_label("办结说明").fill("主体结构封顶，验收记录齐全")
    owner.get_by_label("该时段中的任一天").first.fill("2023-10-30")
    owner.get_by_label("佐证材料 1：链接").fill("https://example.org/record.pdf")
    owner.get_by_role("button", name="报送办结").click()
    owner.get_by_text("已报送，等第二人核销。").wait_for()

    office = visitor(browser)
    sign_in(office, cast.office)
    office.locator("#to-verify").get_by_role("link", name="核销").click()
    office.get_by_role("button", name="核销", exact=True).click()
    office.get_by_text("10月30日完成，按期。").wait_for()
    cast.roof.refresh_from_db()
    assert (cast.roof.state, cast.roof.verified_by) == ("completed", cast.office)


def test_the_keyboard_is_enough(cast: Cast, page: Page, live_server: Any, sign_in: SignIn) -> None:
    sign_in(page, cast.office)
    page.goto(live_server.url + ROOF)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator(".more-acts summary").focus()
    page.keyboard.press("Enter")
    page.locator(".more-acts").get_by_role("link", name="调整应完成日期").focus()
    page.keyboard.press("Enter")
    page.locator("input[type=date]").focus()
    assert page.locator("input[type=date]").input_value() == "2023-10-31"


def test_an_owner_is_picked_and_escape_gives_the_focus_back(
    cast: Cast, page: Page, live_server: Any, sign_in: SignIn
) -> None:
    sign_in(page, cast.office)
    page.goto(f"{live_server.url}/ledger/")
    page.locator(".filters > summary").focus()
    page.keyboard.press("Enter")
    page.locator("[name=owner]").fill("outsider")
    page.locator("#owners").get_by_role("checkbox", name="outsider").check()
    page.locator(".token b", has_text="outsider").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator(".filter-sets").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_an_action_has_an_address_of_its_own(cast: Cast, page: Page, live_server: Any, sign_in: SignIn) -> None:
    sign_in(page, cast.office)
    page.goto(f"{live_server.url}{ROOF}reschedule/#act")
    assert page.get_by_role("button", name="调整应完成日期").is_visible()


def test_language_is_switched_by_a_button(cast: Cast, page: Page, live_server: Any, sign_in: SignIn) -> None:
    sign_in(page, cast.viewer)
    page.get_by_role("button", name="English").click()
    page.get_by_role("heading", name="My work").wait_for()
    assert page.locator("html").get_attribute("lang") == "en"


def visitor(browser: Browser) -> Page:
    """Someone with a cookie jar of their own and scripts turned off."""
    return browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=False).new_page()
