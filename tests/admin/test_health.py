"""Does the workbench say how each milestone stands, and why?"""

from __future__ import annotations

import pytest

from milestones.planning import operations
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.admin.forms import Desk
from tests.admin.test_lists import LIST
from tests.admin.test_saving import url
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_list_shows_shape_and_word_and_is_narrowed_by_it(desk: Desk, running: Cast) -> None:
    late = FuzzyDate.parse("2024")
    operations.forecast(running.roof, late, reason="缓建", actor=casting.SYSTEM, now=casting.NOW)
    shown = desk.text(LIST)
    assert "■ late</span>" in shown
    assert "● on track</span>" in shown
    found = desk.client.get(f"{LIST}?health__exact=red").context["cl"].result_list
    assert [one.code for one in found] == ["FIN-01"]


def test_the_form_says_the_reason(desk: Desk, running: Cast) -> None:
    assert "● on track</span> · nothing speaks against the date" in desk.text(url(running.roof))


def test_the_office_sets_it_by_hand_and_takes_that_back(desk: Desk, running: Cast) -> None:
    page = f"/admin/milestones/milestone/{running.roof.pk}/more/health/"
    assert page in desk.text(url(running.roof))
    said = {"health": "yellow", "until": "2099-12-31", "version": running.roof.version}
    assert desk.client.post(page, {**said, "reason": ""}).context["form"].errors["reason"]
    assert desk.client.post(page, {**said, "reason": "市里已协调"}).status_code == 302
    shown = desk.text(url(running.roof))
    assert "▲ at risk</span> · set by hand until December 31, 2099" in shown
    assert "市里已协调" in shown
    running.refresh()
    assert running.roof.health_reason["code"] == "override"  # type: ignore[index]
    assert desk.client.post(page, {"version": running.roof.version, "reason": ""}).status_code == 302
    assert "set by hand until" not in desk.text(url(running.roof))
