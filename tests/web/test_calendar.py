"""Does a month show its days off and what is due, on its day or without one?"""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from milestones.planning import day_overrides
from milestones.web.presenters import calendar_dues
from milestones.workdays import FuzzyDate, Precision
from tests.web import cast as casting
from tests.web.cast import SYSTEM, TODAY, Cast
from tests.web.conftest import SignIn


def test_what_is_due_stands_on_its_day_and_what_has_no_day_stands_above(cast: Cast, client_of: SignIn) -> None:
    page = month(client_of, cast, "?month=2023-10")
    assert "FIN-08" in cell(page, "2023-10-31")
    assert page.count("FIN-08</span>") == 1
    above = page[page.index('id="periods"') : page.index('<table class="month"')]
    assert "FIN-07" in above
    assert "within 2023" in above
    assert "FIN-07" not in page[page.index('<table class="month"') :]
    assert "FIN-09" in cell(month(client_of, cast), "2023-09-15")  # this month, without being asked


def test_a_fuzzy_date_stands_in_every_month_of_its_period(cast: Cast, client_of: SignIn) -> None:
    third = FuzzyDate(date(2023, 9, 30), Precision.QUARTER)
    casting.make(cast.plan, cast.stream, "FIN-03", third, title="三季度末完成", lead=cast.roof.lead)
    for asked, is_there in (("2023-06", False), ("2023-07", True), ("2023-09", True), ("2023-10", False)):
        assert ("FIN-03" in month(client_of, cast, f"?month={asked}")) is is_there, asked


def test_days_off_and_make_up_days_are_named(cast: Cast, client_of: SignIn) -> None:
    page = month(client_of, cast, "?month=2023-10")
    assert "National Day" in cell(page, "2023-10-02")
    assert "make-up working day" in cell(page, "2023-10-07")
    assert "19 working days" in page
    assert "are not published yet" not in page
    day_overrides.declare(date(2023, 10, 16), is_working=False, note="台风", actor=SYSTEM, now=TODAY)
    assert "day off" in cell(month(client_of, cast, "?month=2023-10"), "2023-10-16")
    assert "The days off of 2035 are not published yet" in month(client_of, cast, "?month=2035-10")


def test_a_deadline_on_a_day_off_names_its_working_day(cast: Cast, client_of: SignIn) -> None:
    casting.make(cast.plan, cast.stream, "FIN-04", FuzzyDate(date(2023, 10, 1)), title="国庆投用", lead=cast.roof.lead)
    assert "last working day September 28" in cell(month(client_of, cast, "?month=2023-10"), "2023-10-01")


def test_the_month_can_be_narrowed_and_what_is_left_out_is_counted(
    cast: Cast, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def codes(query: str) -> set[str]:
        return set(re.findall(r"FIN-\d\d(?=</span>)", month(client_of, cast, f"?month=2023-10&{query}")))

    assert codes("") == {"FIN-07", "FIN-08"}
    assert codes("lead=TAL") == set()
    assert codes("mine=1") == set()  # the office owns nothing
    assert codes("plan=p-2024") == set()
    assert codes("plan=nonsense") == set()
    monkeypatch.setattr(calendar_dues, "SHOWN", 1)
    second = FuzzyDate(date(2023, 10, 31))
    casting.make(cast.plan, cast.stream, "FIN-10", second, title="同日", lead=cast.roof.lead)
    found = cell(month(client_of, cast, "?month=2023-10"), "2023-10-31")
    assert "1 more" in found
    assert "due_from=2023-10-31&amp;due_to=2023-10-31" in found


def test_a_draft_is_the_offices_and_a_wrong_month_is_this_one(cast: Cast, client_of: SignIn) -> None:
    assert "FIN-01" in month(client_of, cast, "?month=2024-12&plan=p-2024")
    assert "FIN-01" not in client_of(cast.viewer).get("/calendar/?month=2024-12&plan=p-2024").content.decode()
    for wrong in ("?month=x", "?month=0001-01", "?month=9999-99", "?month=2023-9"):
        assert "September 2023" in month(client_of, cast, wrong)


def month(client_of: SignIn, cast: Cast, query: str = "") -> str:
    client: Client = client_of(cast.office)
    client.cookies["django_language"] = "en"
    answer = client.get(f"/calendar/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def cell(page: str, day: str) -> str:
    return next(one for one in re.findall(r"<td.*?</td>", page, re.DOTALL) if f'datetime="{day}"' in one)
