"""Does somebody with a phone, no session and no JavaScript get through the pages that a mail's links open?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from milestones.mail import catalogue
from milestones.models import MailKind, OutgoingMail, StatusReport
from milestones.notices import operations as notices
from tests.answering.cast import path, stored
from tests.e2e.test_accessible import PHONE, faults, looker
from tests.web.cast import SYSTEM, Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.one_database("what a browser makes of a page")


@pytest.fixture
def pages(cast: Cast) -> dict[str, str]:
    """By action, the address in a mail of this moment."""
    now = timezone.now()
    wanted = [catalogue.Wanted(cast.ring, now.date(), None)]
    mail = stored(catalogue.report_due(cast.owner, wanted, now.date(), now=now))
    notice = notices.issue(cast.ring, level="red", matter="请说明滞后原因。", actor=SYSTEM, now=now)
    letters = OutgoingMail.objects.select_related("recipient").filter(notice=notice, kind=MailKind.NOTICE)
    letter = letters.get(recipient=cast.owner)
    return {
        "report": path(mail, "report", cast.ring),
        "extension": path(mail, "extension", cast.ring),
        "mute": path(mail, "mute"),
        "sign": path(letter, "sign", notice),
        "void": path(letter, "sign", notice)[:-3] + "/",
    }


def test_axe_and_thumbs(pages: dict[str, str], browser: Browser, live_server: Any) -> None:
    page = looker(browser, "phone")
    for name, address in pages.items():
        found = faults(page, live_server.url + address, "phone")
        words_of_the_foot = [one for one in found if one.startswith("small") and "link-button" in one]
        assert [one for one in found if one not in words_of_the_foot] == [], name


def test_a_report_without_a_script(pages: dict[str, str], browser: Browser, live_server: Any, cast: Cast) -> None:
    context = browser.new_context(locale="zh-CN", viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(live_server.url + pages["report"])
    page.fill("[name=progress]", "40")
    page.locator("button.primary").click()
    assert page.locator(".field-problem").count() == 1  # nothing was said of what was done
    assert page.input_value("[name=progress]") == "40"
    page.fill("[name=done]", "主体已到十层")
    page.locator("button.primary").click()
    assert page.locator("form.stacked").count() == 0
    assert StatusReport.objects.get(milestone=cast.ring).progress == 40
    assert context.cookies() == [one for one in context.cookies() if one["name"] == "csrftoken"]  # of the language form
    page.goto(live_server.url + pages["report"])
    assert page.locator("form.stacked").count() == 0
