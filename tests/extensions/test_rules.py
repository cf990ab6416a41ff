"""May a later date be asked for, is it late, by when is it answered, by how much does it slip? Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.extensions import rules
from milestones.extensions.rules import About, Asked
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

DAYS = Calendar()
YEAR_END = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
LAST_DAY = FuzzyDate(date(2023, 12, 31))
Q1 = FuzzyDate(date(2024, 3, 31), Precision.QUARTER)


def about(**values: Any) -> About:
    said: Any = {"plan_state": "active", "state": "in_progress", "due": YEAR_END, "today": date(2023, 12, 1)}
    return About(**{**said, **values})


def refusal(ask: Any) -> str:
    """“field code” of the refusal; empty when there is none."""
    try:
        ask()
    except DomainError as error:
        return f"{error.field or '-'} {error.code}"
    return ""


REQUESTS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("a quarter later", {}, {}, ""),
    ("one day later", {"due": FuzzyDate(date(2024, 1, 1))}, {}, ""),
    ("the same day", {"due": YEAR_END}, {}, "due not_later"),
    ("an earlier day", {"due": FuzzyDate(date(2023, 11, 30))}, {}, "due not_later"),
    ("the same day said more vaguely", {"due": YEAR_END}, {"due": LAST_DAY}, "due not_later"),
    ("the same day said more exactly", {"due": LAST_DAY}, {}, "due not_later"),
    ("a later day that has passed", {"due": FuzzyDate(date(2024, 1, 5))}, {"today": date(2024, 1, 8)}, "due past"),
    ("a later day that is today", {"due": FuzzyDate(date(2024, 1, 8))}, {"today": date(2024, 1, 8)}, ""),
    ("without a reason", {"reason": " "}, {}, "reason missing"),
    ("more than all done", {"progress": 101}, {}, "progress range"),
    ("half a per cent", {"progress": 0.5}, {}, "progress range"),
    ("not begun", {"progress": 0}, {"state": "planned"}, ""),
    ("submitted as done", {}, {"state": "submitted"}, "- milestone_state"),
    ("completed", {}, {"state": "completed"}, "- milestone_state"),
    ("cancelled", {}, {"state": "cancelled"}, "- milestone_state"),
    ("in a draft", {}, {"plan_state": "draft"}, "- plan_not_active"),
    ("in a closed plan", {}, {"plan_state": "closed"}, "- plan_not_active"),
]


@pytest.mark.parametrize(("what", "said", "here", "refused"), REQUESTS, ids=[row[0] for row in REQUESTS])
def test_is_asked_for(what: str, said: dict[str, Any], here: dict[str, Any], refused: str) -> None:
    asked: Any = {"due": Q1, "reason": "台风", "progress": 60, **said}
    assert refusal(lambda: rules.check_request(Asked(**asked), about(**here))) == refused


@pytest.mark.parametrize(
    ("today", "late"),
    [("2023-12-28", False), ("2023-12-29", False), ("2023-12-30", True), ("2023-12-31", True), ("2024-01-02", True)],
)
def test_late_is_after_the_working_deadline(today: str, late: bool) -> None:
    """31 December 2023 is a Sunday: the working deadline is Friday 29 December."""
    assert rules.is_late(YEAR_END, date.fromisoformat(today), DAYS) is late


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        ("2023-12-01", "2023-12-06"),  # Friday: Monday, Tuesday, Wednesday
        ("2023-12-02", "2023-12-06"),  # Saturday: the same
        ("2023-04-20", "2023-04-24"),  # Thursday: Friday, Sunday (make-up), Monday
        ("2023-09-28", "2023-10-09"),  # before National Day: 7, 8 and 9 October
    ],
)
def test_the_answer_has_three_working_days(asked: str, by: str) -> None:
    assert rules.decide_by(date.fromisoformat(asked), DAYS) == date.fromisoformat(by)


def test_the_slip_is_counted_between_working_deadlines() -> None:
    assert rules.slip(YEAR_END, FuzzyDate(date(2024, 1, 5)), DAYS) == 4  # 2 to 5 January
    assert rules.slip(YEAR_END, LAST_DAY, DAYS) == 0


@pytest.mark.parametrize(
    ("here", "refused"),
    [
        ({}, ""),
        ({"due": LAST_DAY}, "- date_moved"),
        ({"due": Q1}, "- date_moved"),
        ({"state": "submitted"}, "- milestone_state"),
        ({"state": "completed"}, "- milestone_state"),
        ({"plan_state": "closed"}, "- plan_not_active"),
    ],
)
def test_a_request_holds_for_the_date_it_was_asked_for(here: dict[str, Any], refused: str) -> None:
    assert refusal(lambda: rules.check_holds(YEAR_END, about(**here))) == refused
