"""Does the office get through its day in the workbench: a file in conflict, a published text, many dates, a policy?"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from milestones.models import ChangeEntry, Milestone, ReminderPolicy
from milestones.planning import operations
from tests.web import cast as casting
from tests.web.cast import SYSTEM, TODAY, Cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.one_database("what a browser makes of a page")

TEXT = """海湾片区2023年工作要点
一、产业
1.12月底前建成海湾检测中心。
2.年内举办海湾开放论坛。
"""


@pytest.fixture
def desk(cast: Cast, browser: Browser, live_server: Any, settings: Any, tmp_path: Any) -> Iterator[Page]:
    """The office's window, in English."""
    settings.VAR_DIR = tmp_path
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}, base_url=live_server.url)
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(cast.office.email)
    page.locator("input[name=password]").fill(casting.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live_server.url}/")
    yield page
    context.close()


def test_a_file_with_a_conflict_is_decided_imported_and_undone(cast: Cast, desk: Page) -> None:
    file = edited(desk.request.get("/admin/milestones/milestone/export.xlsx").body())
    operations.change(cast.ring, {"title": "在此期间改名"}, actor=SYSTEM, now=TODAY)
    desk.goto("/admin/milestones/milestone/")
    desk.get_by_role("link", name="Import Excel").click()
    desk.locator("input[type=file]").set_input_files(
        {"name": "plan.xlsx", "mimeType": "application/octet-stream", "buffer": file}
    )
    desk.get_by_role("button", name="Look at what would change").click()
    desk.get_by_role("link", name=re.compile("in conflict|conflict")).first.click()
    assert "在此期间改名" in desk.locator("table.import-rows").inner_text()
    desk.get_by_role("checkbox", name=re.compile("the file is right")).check()
    desk.locator("input[name=conflicts][value=chosen]").check()
    desk.locator("#apply input[type=submit]").click()
    desk.get_by_text("Imported.").first.wait_for()
    assert titles("FIN-08", "FIN-09") == ["改自文件 FIN-08", "改自文件 FIN-09"]
    desk.get_by_role("button", name="Undo").click()
    desk.get_by_text("Undone.").first.wait_for()
    assert titles("FIN-08", "FIN-09") == ["中银西岛中心结构封顶", "在此期间改名"]


def test_a_pasted_text_becomes_milestones(cast: Cast, desk: Page) -> None:
    desk.goto(f"/admin/milestones/plan/{cast.plan.pk}/change/")
    desk.get_by_role("link", name="Read a published text").click()
    desk.locator("textarea[name=text]").fill(TEXT)
    desk.get_by_role("button", name="Read it").click()
    forum = desk.locator("article.proposal.new").nth(1)
    assert "论坛" in forum.locator("[name$=-title]").input_value()
    forum.get_by_role("button", name=re.compile("^Reject")).click()
    desk.locator("article.proposal.rejected").first.wait_for(state="attached")
    desk.get_by_role("button", name="Accept all that are new").click()
    desk.locator("article.proposal.accepted").first.wait_for(state="attached")
    made = Milestone.objects.get(plan=cast.plan, title__contains="检测中心")
    assert (str(made.due), TEXT[made.source_start : made.source_end][:2]) != ("", "")
    assert not Milestone.objects.filter(title__contains="论坛").exists()


def test_many_dates_move_after_a_look_and_one_is_put_back(cast: Cast, desk: Page) -> None:
    before = cast.roof.due_on
    desk.goto("/admin/milestones/milestone/?q=FIN-08")
    desk.locator("input.action-select").first.check()
    desk.locator("select[name=action]").select_option("reschedule")
    desk.get_by_role("button", name=re.compile("Go|Run")).first.click()
    desk.locator("input[name=days]").fill("5")
    desk.locator("[name=reason]").fill("供货推迟")
    desk.get_by_role("button", name="Look at what would change").click()
    assert "→" in desk.locator("table.look-ahead").inner_text()
    assert Milestone.objects.get(pk=cast.roof.pk).due_on == before
    desk.get_by_role("button", name=re.compile(r"Reschedule \(1\)")).click()
    desk.wait_for_url(re.compile("/admin/milestones/milestone/"))
    assert Milestone.objects.get(pk=cast.roof.pk).due_on > before
    desk.goto(f"/admin/milestones/milestone/{cast.roof.pk}/history/")
    desk.get_by_role("link", name=re.compile("put", re.IGNORECASE)).first.click()
    desk.locator("[name=reason]").fill("供货照常")
    desk.locator("#content-main input[type=submit]").click()
    desk.wait_for_load_state()
    assert Milestone.objects.get(pk=cast.roof.pk).due_on == before
    said = ChangeEntry.objects.filter(object_id=cast.roof.pk, reason__in=["供货推迟", "供货照常"])
    assert said.count() == 2


def test_a_policy_shows_what_it_would_send(cast: Cast, desk: Page) -> None:
    policy = ReminderPolicy.objects.get(is_default=True)
    desk.goto(f"/admin/milestones/reminderpolicy/{policy.pk}/change/")
    desk.get_by_role("link", name="What would it send?").click()
    desk.wait_for_url("**/preview/")
    desk.goto(f"{desk.url}?milestone={cast.roof.pk}")
    assert cast.owner.display_name in desk.locator("#content").inner_text()


def edited(file: bytes) -> bytes:
    """The exported workbook with other titles of FIN-08 and FIN-09."""
    book = openpyxl.load_workbook(io.BytesIO(file))
    sheet: Any = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        code = sheet.cell(row, heads["Code"]).value
        if code in ("FIN-08", "FIN-09"):
            sheet.cell(row, heads["Title"]).value = f"改自文件 {code}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def titles(*codes: str) -> list[str]:
    return [Milestone.objects.get(plan__code="p-2023", code=code).title for code in codes]
