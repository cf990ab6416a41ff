"""Is a notice printed as one sheet of A4, without a word of the page around it?"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from milestones.actors import Actor
from milestones.notices import operations
from milestones.notices.rules import MATTER_LENGTH
from tests.e2e.conftest import SignIn
from tests.web.cast import TODAY, Cast

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.one_database("what a browser makes of a page")

MATTER = ("“荣耀之环”结构完成已逾期，请说明原因、补救措施和可核验的完成日期。" * 20)[:MATTER_LENGTH]
POINTS = 72 / 25.4  # of a millimetre


@pytest.mark.parametrize("answered", [False, True])
def test_a_notice_is_one_sheet(page: Page, live_server: Any, cast: Cast, sign_in: SignIn, answered: bool) -> None:
    office: Any = {"actor": Actor(cast.office, "admin"), "now": TODAY}
    notice = operations.issue(cast.ring, level="red", matter=MATTER, **office)
    if answered:
        operations.reply(notice, "钢结构到货延后，已增加一个班组，10月20日前完成。\n" * 6, **office)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    sign_in(page, cast.owner)
    page.goto(f"{live_server.url}/notices/{notice.pk}/print")
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    (sheet,) = pdf.pages
    width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
    assert (round(width / POINTS), round(height / POINTS)) == (210, 297)
    text = sheet.extract_text()
    assert "FIN-09" in text
    assert "2023" in text
    assert "返回" not in text, "what is for the screen stays there"
    assert not complaints
