"""Does the office see a year of working days, and enter a whole notice at once?"""

from __future__ import annotations

from datetime import date

import pytest

from milestones.models import ChangeEntry, DayOverride
from milestones.planning.calendars import calendar
from tests.admin.cast import day_off
from tests.admin.forms import Desk
from tests.cast import Cast

LIST = "/admin/milestones/dayoverride/"
NOTICE = f"{LIST}notice/"
TEXT = "二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月30日（周六）、2月14日（周日）上班。"


def test_a_year_shows_what_is_worked_and_each_day_leads_to_its_form(desk: Desk, running: Cast) -> None:
    override = day_off()
    page = desk.text(f"{LIST}?day__year=2023")
    assert f'<a class="day off holiday overridden" href="{LIST}{override.pk}/change/"' in page  # type: ignore[attr-defined]
    assert f'<a class="day make-up" href="{LIST}add/?day=2023-05-06"' in page
    assert f'href="{LIST}add/?day=2023-05-07&amp;is_working=on"' in page
    assert "provisional" in desk.text(f"{LIST}?day__year=2090")


@pytest.mark.parametrize("typed", ["0", "99999", "x"])
def test_a_year_that_is_none_shows_this_one(desk: Desk, running: Cast, typed: str) -> None:
    assert desk.client.get(f"{LIST}?day__year={typed}", follow=True).status_code == 200


def test_a_notice_is_looked_at_before_it_counts(desk: Desk, running: Cast) -> None:
    looked = desk.client.post(NOTICE, {"year": "2027", "text": TEXT, "look": "yes"})
    assert looked.context["different"] == len([one for one in looked.context["seen"] if one.differs]) > 0
    assert not DayOverride.objects.exists()
    answer = desk.client.post(NOTICE, {"year": "2027", "text": TEXT, "declare": "yes"})
    assert answer.headers["Location"] == f"{LIST}?day__year=2027"
    known = calendar()
    assert known.is_workday(date(2027, 1, 30))
    assert known.is_workday(date(2027, 2, 14))
    assert not any(known.is_workday(date(2027, 2, day)) for day in range(5, 12))
    assert DayOverride.objects.count() == looked.context["different"]
    assert ChangeEntry.objects.filter(verb="calendar.declare").count() == looked.context["different"]


def test_a_day_that_the_office_had_otherwise_follows_the_notice_and_a_second_time_changes_nothing(
    desk: Desk, running: Cast
) -> None:
    day_off()  # 4 May 2023, worked by the notice
    text = {"year": "2023", "text": "劳动节：4月29日至5月3日放假。5月4日、5月6日上班。", "declare": "yes"}
    desk.client.post(NOTICE, text)
    assert list(DayOverride.objects.values_list("day", "is_working", "version")) == [(date(2023, 5, 4), True, 2)]
    desk.client.post(NOTICE, text)
    assert DayOverride.objects.get().version == 2


def test_a_notice_of_another_year_is_told_with_the_place_and_kept_as_typed(desk: Desk, running: Cast) -> None:
    answer = desk.client.post(NOTICE, {"year": "2026", "text": TEXT, "declare": "yes"})
    assert "“2月5日(周五)至11日(周四)” does not fall on that day of the week" in answer.content.decode().replace(
        "&quot;", '"'
    )
    assert answer.context["form"]["text"].value() == TEXT
    assert not DayOverride.objects.exists()
