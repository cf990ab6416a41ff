"""Does the workbench show a target's pace with its reasons, and take many readings at once?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.models import ChangeEntry, Reading, Target
from tests import cast as casting
from tests.admin.forms import Desk
from tests.cast import Cast

LIST = "/admin/milestones/target/"


@pytest.fixture(autouse=True)
def april() -> Iterator[None]:
    with time_machine.travel(datetime.fromisoformat("2023-04-10T10:00:00+08:00"), tick=True):
        yield


@pytest.fixture
def grown(running: Cast) -> Target:
    """58 of 100 where 25 are expected: read on three days."""
    one = casting.target(
        running.plan, running.stream, "T2", measure="cumulative", unit="家", value=100, lead=running.bureau
    )
    for value, day in (("5", date(2023, 1, 5)), ("8", date(2023, 1, 8)), ("9", date(2023, 1, 10))):
        casting.read(one, value, day)
    return one


def url(target: Target, page: str = "change") -> str:
    return f"{LIST}{target.pk}/{page}/"


def test_the_page_of_a_target_says_its_pace_and_why(desk: Desk, grown: Target) -> None:
    page = desk.text(url(grown))
    for said in (
        "9 家 on January 10, provisional",
        "9% <",
        "of the goal ≥ 100 家",
        "27.4 家",
        "−18.4 家",
        "too early to judge",
    ):
        assert said in page, said
    assert "No projection: too little data" in page


def test_a_corrected_reading_is_struck_out(desk: Desk, running: Cast) -> None:
    first = casting.read(running.target, "18.5")
    casting.read(running.target, "18.7", revises=first, provisional=False)
    page = desk.text(url(running.target))
    assert "<del>18.5</del> → <ins>18.7</ins>" in page
    assert "corrected since" in page


def test_the_list_shows_attainment_and_health_for_one_query_more(desk: Desk, grown: Target, running: Cast) -> None:
    casting.read(running.target, "21", date(2023, 1, 9))
    assert "9%" in desk.text(LIST)
    with CaptureQueriesContext(connection) as few:
        desk.client.get(LIST)
    for number in range(3, 9):
        casting.read(casting.target(running.plan, running.stream, f"T{number}"), "1")
    with CaptureQueriesContext(connection) as more:
        desk.client.get(LIST)
    assert len(few) == len(more)


# Pasting -----------------------------------------------------------------------------------------------------------
def paste(desk: Desk, target: Target, rows: str, **typed: Any) -> Any:
    return desk.client.post(url(target, "paste"), {"rows": rows, "source": "月报", **typed}, follow=True)


def test_pasted_readings_are_recorded(desk: Desk, running: Cast) -> None:
    before = ChangeEntry.objects.count()
    answer = paste(desk, running.target, "2023-01-31\t18.5%\n2023-02\t19\t统计局 final", provisional="on")
    assert "Readings recorded: 2; already known: 0." in answer.content.decode()
    assert list(Reading.objects.order_by("as_of").values_list("as_of", "source", "provisional")) == [
        (date(2023, 1, 31), "月报", True),
        (date(2023, 2, 28), "统计局", False),
    ]
    assert set(ChangeEntry.objects.order_by("id").values_list("verb", "via")[before:]) == {("target.record", "admin")}


def test_each_line_at_fault_is_named_and_what_was_pasted_is_kept(desk: Desk, running: Cast) -> None:
    page = paste(desk, running.target, "2023-01-31 18\nJanuary 18\n2023-02-28 viel").content.decode()
    assert "Row 2: “January” is not a day" in page
    assert "Row 3: “viel” is not a number." in page
    assert "2023-02-28 viel" in page
    page = paste(desk, running.target, "2023-01-31 18\n2023-05-31 18\n2023-06-30 18").content.decode()
    assert "<li>Row 2: A reading cannot lie in the future.</li><li>Row 3:" in page.replace("\n", "")
    assert not Reading.objects.exists()


def test_only_who_may_record_may_paste(running: Cast, client_of: Any) -> None:
    assert client_of(running.viewer).post(url(running.target, "paste"), {"rows": "2023-01-31 1 x"}).status_code == 403
    assert not Reading.objects.exists()
