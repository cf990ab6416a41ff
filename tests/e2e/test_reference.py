"""Can a person read the reference of the API in a browser, under the policy that forbids everything foreign?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.one_database("what a browser makes of a page")


def test_it_is_read_without_a_script_and_without_a_complaint(
    transactional_db: None, page: Page, live_server: Any
) -> None:
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.add(request.url.partition("/")[2].partition("/")[2].partition("/")[0]))
    answer = page.goto(f"{live_server.url}/api/v1/docs")
    assert answer is not None
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    operation = page.locator("#createMilestone")
    operation.locator("summary").click()
    assert operation.get_by_text("Idempotency-Key").is_visible()
    operation.get_by_role("link", name="MilestoneInput", exact=True).click()
    assert page.locator("#noun-MilestoneInput").get_by_text("source_span").is_visible()
    page.get_by_role("link", name="stale", exact=True).first.click()
    page.wait_for_url("**/problems/stale")
    assert page.get_by_text("HTTP 412").is_visible()
    assert said == []
    assert asked == {live_server.url.removeprefix("http://")}
