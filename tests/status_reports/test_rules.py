"""What may a report say, as a draft and to be submitted? Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.planning import given
from milestones.status_reports import rules
from milestones.status_reports.rules import About, Content, Reported
from milestones.workdays.periods import FuzzyDate, Precision

TODAY = date(2023, 6, 28)
JUNE = FuzzyDate(date(2023, 6, 30), Precision.MONTH)
MAY = FuzzyDate(date(2023, 5, 31), Precision.MONTH)


def about(**values: Any) -> About:
    said: Any = {"plan_state": "active", "state": "in_progress", "starts_on": date(2023, 1, 1), "today": TODAY}
    return About(**{**said, **values})


def content(**values: Any) -> Content:
    said: Any = {"as_of": TODAY, "progress": 40, "done": "主体施工"}
    return Content(**{**said, **values})


def refusal(ask: Any) -> str:
    """ "field code" of the refusal; empty when there is none."""
    try:
        ask()
    except DomainError as error:
        return f"{error.field or '-'} {error.code}"
    return ""


# what a draft says → what is refused
DRAFTS: list[tuple[str, dict[str, Any], str]] = [
    ("as of today", {}, ""),
    ("as of tomorrow", {"as_of": date(2023, 6, 29)}, "as_of future"),
    ("as of the plan's first day", {"as_of": date(2023, 1, 1)}, ""),
    ("as of the day before the plan", {"as_of": date(2022, 12, 31)}, "as_of before_plan"),
    ("nothing done", {"progress": 0}, ""),
    ("all of it done", {"progress": 100}, ""),
    ("more than all", {"progress": 101}, "progress range"),
    ("less than nothing", {"progress": -1}, "progress range"),
    ("half a per cent", {"progress": 0.5}, "progress type"),
    ("a number in words", {"progress": "40"}, "progress type"),
    ("yes", {"progress": True}, "progress type"),
    ("expected this month", {"forecast": JUNE}, ""),
    ("expected today", {"forecast": FuzzyDate(TODAY)}, ""),
    ("expected yesterday", {"forecast": FuzzyDate(date(2023, 6, 27))}, "forecast past"),
    ("expected last month", {"forecast": MAY}, "forecast past"),
    ("reached last month", {"forecast": MAY, "progress": 100}, ""),
    ("no words at all", {"done": ""}, ""),
]


@pytest.mark.parametrize(("what", "said", "refused"), DRAFTS, ids=[row[0] for row in DRAFTS])
def test_a_draft_says(what: str, said: dict[str, Any], refused: str) -> None:
    assert refusal(lambda: rules.check(content(**said), about())) == refused


LAST = Reported(date(2023, 5, 26), 40)
TO_SUBMIT: list[tuple[str, dict[str, Any], Reported | None, str]] = [
    ("what was done", {}, None, ""),
    ("what stands in the way", {"done": "", "obstacles": "台风"}, None, ""),
    ("neither", {"done": "  "}, None, "done missing"),
    ("only that help is needed", {"done": "", "help_needed": "协调用地"}, None, "done missing"),
    ("as far as before", {}, LAST, ""),
    ("further than before", {"progress": 41}, LAST, ""),
    ("less than before", {"progress": 39}, LAST, "obstacles progress_fell"),
    ("less than before, and why", {"progress": 39, "obstacles": "返工"}, LAST, ""),
]


@pytest.mark.parametrize(("what", "said", "last", "refused"), TO_SUBMIT, ids=[row[0] for row in TO_SUBMIT])
def test_to_be_submitted_it_says(what: str, said: dict[str, Any], last: Any, refused: str) -> None:
    assert refusal(lambda: rules.check_complete(content(**said), last)) == refused


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({}, ""),
        ({"state": "planned"}, ""),
        ({"state": "submitted"}, ""),
        ({"state": "completed"}, "- closed"),
        ({"state": "cancelled"}, "- closed"),
        ({"plan_state": "draft"}, "- plan_not_active"),
        ({"plan_state": "closed"}, "- plan_not_active"),
    ],
)
def test_reports_are_about_what_is_open_in_an_active_plan(values: dict[str, Any], refused: str) -> None:
    assert refusal(lambda: rules.check_open(about(**values))) == refused


def test_a_forecast_that_does_not_end_its_period_is_told_the_right_day() -> None:
    with pytest.raises(given.NotTheLastDay, match="2023-09-30") as refused:
        given.date_of(date(2023, 8, 15), "quarter", field="forecast")
    assert (refused.value.field, refused.value.code) == ("forecast", "period_end")
    assert given.date_of(date(2023, 9, 30), "quarter", field="forecast") == FuzzyDate(
        date(2023, 9, 30), Precision.QUARTER
    )


def test_a_precision_that_there_is_not_is_refused() -> None:
    assert refusal(lambda: given.date_of(TODAY, "week", field="forecast")) == "forecast precision"
