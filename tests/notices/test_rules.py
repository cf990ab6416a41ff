"""Until when is a notice answered, and when is an answer late?"""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from milestones.errors import RuleBroken
from milestones.notices import rules
from milestones.notices.rules import Late, Lateness
from milestones.workdays.calendar import Calendar

CALENDAR = Calendar()
THURSDAY = date(2023, 9, 21)
BEFORE_THE_HOLIDAYS = date(2023, 9, 28)  # National Day from the 29th on; 7 and 8 October are worked


@pytest.mark.parametrize(
    ("issued_on", "level", "days", "answer_by"),
    [
        (THURSDAY, "red", None, date(2023, 9, 26)),  # over a weekend: Friday, Monday, Tuesday
        (THURSDAY, "yellow", None, date(2023, 9, 27)),
        (THURSDAY, "blue", None, date(2023, 9, 28)),
        (BEFORE_THE_HOLIDAYS, "red", None, date(2023, 10, 9)),  # the make-up weekend counts
        (date(2023, 9, 30), "red", 1, date(2023, 10, 7)),  # issued on a day off
        (THURSDAY, "red", 10, date(2023, 10, 11)),
        (date(2022, 12, 30), "red", 1, date(2023, 1, 3)),
    ],
)
def test_the_answer_is_due_on_a_working_day(issued_on: date, level: str, days: int | None, answer_by: date) -> None:
    assert rules.respond_by(issued_on, level, days, CALENDAR) == answer_by


@pytest.mark.parametrize("days", [0, -1, 61])
def test_a_senseless_number_of_days_is_refused(days: int) -> None:
    with pytest.raises(RuleBroken, match="60") as refused:
        rules.respond_by(THURSDAY, "red", days, CALENDAR)
    assert refused.value.field == "respond_days"


def test_the_graver_the_sooner() -> None:
    assert rules.RESPOND_DAYS["blue"] > rules.RESPOND_DAYS["yellow"] > rules.RESPOND_DAYS["red"] >= 1


FRIDAY, SATURDAY, MONDAY, TUESDAY = (date(2023, 9, 15), date(2023, 9, 16), date(2023, 9, 18), date(2023, 9, 19))
# open, answered on, today → how late, for an answer asked for by Friday
LATE = [
    (True, None, FRIDAY, Late(Lateness.IN_TIME)),
    (True, None, SATURDAY, Late(Lateness.OVERDUE, 0)),
    (True, None, TUESDAY, Late(Lateness.OVERDUE, 2)),
    (False, FRIDAY, TUESDAY, Late(Lateness.IN_TIME)),
    (False, MONDAY, TUESDAY, Late(Lateness.ANSWERED_LATE, 1)),
    (False, None, TUESDAY, Late(Lateness.IN_TIME)),  # cancelled
]


@pytest.mark.parametrize(("is_open", "replied_on", "today", "expected"), LATE)
def test_lateness(is_open: bool, replied_on: date | None, today: date, expected: Late) -> None:
    assert rules.late(FRIDAY, is_open=is_open, replied_on=replied_on, today=today, calendar=CALENDAR) == expected


def test_a_text_is_trimmed_and_has_a_length() -> None:
    assert rules.check_text("  话 \n", field="matter", longest=2) == "话"
    for text, code in ((" \n", "missing"), ("abc", "too_long")):
        with pytest.raises(RuleBroken) as refused:
            rules.check_text(text, field="matter", longest=2)
        assert (refused.value.field, refused.value.code) == ("matter", code)


def test_an_empty_reply_is_not_called_a_matter() -> None:
    with translation.override("en"), pytest.raises(RuleBroken, match="Write the reply"):
        rules.check_text(" ", field="reply", longest=2)
