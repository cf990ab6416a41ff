"""Are many readings recorded at once, all or none, each fault with its row?"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from milestones.errors import Forbidden, StateConflict
from milestones.models import ChangeEntry, Reading
from milestones.targets import operations as targets
from milestones.targets.pasting import pasted
from milestones.targets.recording import NewReading, RowsRefused
from tests import cast as casting
from tests.cast import NOW, SYSTEM, Cast, acting

HOW: Any = {"actor": SYSTEM, "now": NOW}
SECOND, THIRD, FIFTH = date(2023, 1, 2), date(2023, 1, 3), date(2023, 1, 5)


def row(as_of: date, value: str, source: str = "统计局", **more: Any) -> NewReading:
    return NewReading(as_of, Decimal(value), source, **more)


def values() -> list[tuple[date, Decimal]]:
    return list(Reading.objects.filter(revised_by__isnull=True).order_by("as_of").values_list("as_of", "value"))


@pytest.mark.django_db
def test_all_rows_are_recorded_each_with_its_entry(running: Cast) -> None:
    before = ChangeEntry.objects.count()
    done = targets.record_readings(running.target, [row(THIRD, "2"), row(SECOND, "1")], **HOW)
    assert (len(done.readings), done.unchanged) == (2, 0)
    assert values() == [(SECOND, Decimal(1)), (THIRD, Decimal(2))]
    assert list(ChangeEntry.objects.order_by("id").values_list("verb", flat=True))[before:] == ["target.record"] * 2


@pytest.mark.django_db
def test_pasting_the_series_again_records_what_is_new_and_revises_what_differs(running: Cast) -> None:
    targets.record_readings(running.target, [row(SECOND, "1"), row(THIRD, "2")], **HOW)
    again = [row(SECOND, "1"), row(THIRD, "2.5"), row(FIFTH, "3")]
    done = targets.record_readings(running.target, again, **HOW)
    assert (len(done.readings), done.unchanged) == (2, 1)
    assert values() == [(SECOND, Decimal(1)), (THIRD, Decimal("2.5")), (FIFTH, Decimal(3))]
    assert Reading.objects.get(value="2.5").revises == Reading.objects.get(value="2")


@pytest.mark.django_db
def test_a_provisional_figure_becomes_final(running: Cast) -> None:
    targets.record_readings(running.target, [row(SECOND, "1")], **HOW)
    done = targets.record_readings(running.target, [row(SECOND, "1", provisional=False)], **HOW)
    assert [(one.provisional, one.revises is not None) for one in done.readings] == [(False, True)]
    assert targets.record_readings(running.target, [row(SECOND, "1")], **HOW).unchanged == 1


@pytest.mark.django_db
def test_one_bad_row_and_nothing_is_recorded(running: Cast) -> None:
    final = casting.read(running.target, "9", FIFTH, provisional=False)
    rows = [
        row(SECOND, "1"),
        row(THIRD, "2", source=" "),
        row(SECOND, "1.5"),
        row(date(2023, 1, 13), "3"),
        row(date(2023, 1, 6), "1.23456"),
        row(date(2023, 1, 7), "NaN"),
        row(FIFTH, "8"),
    ]
    with translation.override("en"), pytest.raises(RowsRefused) as refusal:
        targets.record_readings(running.target, rows, **HOW)
    assert [(problem.line, problem.field) for problem in refusal.value.problems] == [
        (2, "source"), (3, "as_of"), (4, "as_of"), (5, "value"), (6, "value"), (7, "provisional"),
    ]  # fmt: skip
    assert "Row 4: A reading cannot lie in the future." in str(refusal.value)
    assert list(Reading.objects.all()) == [final]


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [[], [row(SECOND, "1")] * 1001], ids=["none", "too many"])
def test_no_row_and_too_many_rows_are_refused(running: Cast, rows: list[NewReading]) -> None:
    with pytest.raises(RowsRefused):
        targets.record_readings(running.target, rows, **HOW)


@pytest.mark.django_db
def test_the_coordinator_of_the_lead_may_and_another_one_may_not(running: Cast) -> None:
    rows = [row(SECOND, "1")]
    targets.record_readings(running.target, rows, actor=acting(running.coordinator), now=NOW)
    with pytest.raises(Forbidden):
        targets.record_readings(running.target, rows, actor=acting(running.stranger), now=NOW)


@pytest.mark.django_db
def test_a_closed_plan_takes_none(running: Cast) -> None:
    running.close()
    with pytest.raises(StateConflict):
        targets.record_readings(running.target, [row(SECOND, "1")], **HOW)


# Text --------------------------------------------------------------------------------------------------------------
TEXT = """日期\t数值\t来源
2023-01-31\t1,234.5\t统计局月报
2023/2/28\t18.3%\t统计局　最终数

2023年3月\t−2\t
20230430 ２０ 海关 快报 初步数
2023.5.31  21  final"""


def test_lines_of_a_spreadsheet_or_a_bulletin_are_read() -> None:
    found = pasted(TEXT, unit="%", source="月报", provisional=True)
    assert found.problems == []
    assert [(one.line, one.as_of, one.value, one.source, one.provisional) for one in found.rows] == [
        (2, date(2023, 1, 31), Decimal("1234.5"), "统计局月报", True),
        (3, date(2023, 2, 28), Decimal("18.3"), "统计局", False),
        (5, date(2023, 3, 31), Decimal(-2), "月报", True),
        (6, date(2023, 4, 30), Decimal(20), "海关 快报", True),
        (7, date(2023, 5, 31), Decimal(21), "月报", False),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("31.1.2023 1", "is not a day"),
        ("2023-02-30 1", "is not a day"),
        ("202311 1", "is not a day"),
        ("2023-01-31 viel", "“viel” is not a number"),
        ("2023-01-31", "“” is not a number"),
        ("2023-01-31 Infinity", "is not a number"),
        ("2023-01-31 19,5", "is not a number"),
    ],
)
def test_a_line_that_is_none_is_named(line: str, said: str) -> None:
    with translation.override("en"):
        found = pasted(f"2023-01-02 1 a\n{line}", unit="%")
    assert len(found.rows) == 1
    assert [problem.line for problem in found.problems] == [2]
    assert said in found.problems[0].message
