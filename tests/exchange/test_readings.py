"""Do figures that the office keeps in Excel become readings: looked at, recorded, corrected, taken back?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.actors import Actor
from milestones.exchange.excel import readings_export
from milestones.exchange.excel.reading_columns import READINGS
from milestones.exchange.imports import operations
from milestones.exchange.imports.applying import Choice, Overtaken
from milestones.exchange.imports.undoing import Touched
from milestones.models import ImportBatch, ImportState, Plan, Reading, Target
from milestones.targets import operations as targets
from tests.cast import NOW, SYSTEM, Cast
from tests.exchange.excel import counts, looked_at, office, told

pytestmark = pytest.mark.django_db
FIRST, LATER = date(2022, 12, 31), date(2023, 1, 10)


@pytest.fixture(autouse=True)
def english(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    with translation.override("en"):
        yield


@pytest.fixture
def actor(cast: Cast) -> Actor:
    return office(cast.office)


def target(plan: Plan, code: str, unit: str = "亿元") -> Target:
    values = {"code": code, "name": f"指标{code}", "unit": unit, "measure": "cumulative", "bound": "at_least"}
    return targets.create(plan, {**values, "value": Decimal(100)}, actor=SYSTEM, now=NOW)


def read(of: Target, as_of: date, value: str) -> Reading:
    return targets.record_reading(of, as_of=as_of, value=Decimal(value), source="统计局", actor=SYSTEM, now=NOW)


class File:
    """An export whose cells are named by column and the target's code."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "readings.xlsx"
        readings_export.write(self.path, Target.objects.order_by("code"), now=NOW, language="en")
        self.book = openpyxl.load_workbook(self.path)
        self.sheet: Any = self.book.worksheets[0]

    def row(self, code: str) -> int:
        place = READINGS.place("code") + 1
        return next(n for n in range(2, self.sheet.max_row + 1) if self.sheet.cell(n, place).value == code)

    def put(self, code: str, **values: Any) -> File:
        for name, value in values.items():
            self.sheet.cell(self.row(code), READINGS.place(name) + 1).value = value
        return self

    def save(self) -> Path:
        self.book.save(self.path)
        return self.path


def standing(of: Target) -> dict[date, Decimal]:
    rows = Reading.objects.filter(target=of, revised_by__isnull=True).order_by("as_of")
    return {one.as_of: one.value for one in rows}


def apply(batch: ImportBatch, actor: Actor, **choice: Any) -> None:
    operations.apply(batch, Choice(**choice), actor=actor, now=NOW)


def test_an_export_says_what_stands_and_importing_it_changes_nothing(
    running: Cast, actor: Actor, tmp_path: Path
) -> None:
    for code, value in (("A", "12.5"), ("B", "0.1234"), ("C", "99999999999.9999")):
        read(target(running.plan, code), FIRST, value)
    target(running.plan, "D")  # nothing is known of it yet
    before = list(Reading.objects.order_by("pk").values())
    for ending in ("xlsx", "csv"):
        file = tmp_path / f"readings.{ending}"
        readings_export.write(file, Target.objects.order_by("code"), now=NOW, language="zh-hans", ending=ending)
        assert counts(looked_at(file, actor)) == {"unchanged": 3}
    assert list(Reading.objects.order_by("pk").values()) == before


def test_a_new_day_is_a_new_reading_the_same_day_a_correction_and_both_are_undone(
    running: Cast, actor: Actor, tmp_path: Path
) -> None:
    one, two = target(running.plan, "A"), target(running.plan, "B")
    for each in (one, two):
        read(each, FIRST, "10")
    file = File(tmp_path).put("A", as_of=LATER, value=12.5).put("B", value="10.25亿元", provisional="final")
    batch = looked_at(file.save(), actor)
    assert counts(batch) == {"new": 1, "changed": 1}
    assert batch.rows.get(status="changed").changes == {"value": ["10", "10.25"], "provisional": [True, False]}
    apply(batch, actor)
    assert standing(one) == {FIRST: Decimal(10), LATER: Decimal("12.5")}
    assert standing(two) == {FIRST: Decimal("10.25")}
    operations.undo(batch, actor=actor, now=NOW)
    assert standing(two) == {FIRST: Decimal(10)}
    assert standing(one) == {FIRST: Decimal(10), LATER: Decimal("12.5")}, "nothing of an active plan is deleted"
    assert "1 row was not undone" in batch.message
    assert batch.rows.get(status="new").errors[0]["code"] == "kept"


def test_in_a_draft_new_readings_go_when_the_import_is_undone(cast: Cast, actor: Actor, tmp_path: Path) -> None:
    one = target(cast.plan, "A")
    batch = looked_at(File(tmp_path).put("A", as_of=FIRST, value=3, source="报表").save(), actor)
    apply(batch, actor)
    assert standing(one) == {FIRST: Decimal(3)}
    operations.undo(batch, actor=actor, now=NOW)
    assert (standing(one), batch.state, batch.message) == ({}, ImportState.UNDONE, "")


def test_what_is_wrong_is_told_by_cell(running: Cast, actor: Actor, tmp_path: Path) -> None:
    percent = target(running.plan, "P", unit="%")
    text = (
        f"计划,指标编号,截至,数值,来源\n{running.plan.code},P,2022-12,19.5%,快报\n{running.plan.code},P,2024-01-31,20,快报\n"
        f"{running.plan.code},P,2022-11,十,快报\n{running.plan.code},X,2022-12,1,快报\n,P,2022-10,1,快报\n"
        f"{running.plan.code},P,2022-09,1,\n{running.plan.code},P,,1,快报\n{running.plan.code},P,2022-12-31,7,快报\n"
        f"{running.plan.code},P,2022-08,1234567890123456,快报\n"
    )
    batch = looked_at(text.encode(), actor)
    assert told(batch) == [
        *(("C3", "rule"), ("D4", "number"), ("B5", "reference"), ("A6", "missing"), ("E7", "rule"), ("C8", "missing")),
        *(("C9", "rule"), ("D10", "bounds")),
    ]
    apply(batch, actor, only_sound=True)
    assert standing(percent) == {FIRST: Decimal("19.5")}


def test_a_cell_that_shows_a_percentage_is_one(running: Cast, actor: Actor, tmp_path: Path) -> None:
    percent = target(running.plan, "P", unit="%")
    file = File(tmp_path).put("P", as_of=FIRST, value=0.195, source="快报")
    file.sheet.cell(file.row("P"), READINGS.place("value") + 1).number_format = "0.0%"
    apply(looked_at(file.save(), actor), actor)
    assert standing(percent) == {FIRST: Decimal("19.5")}


def test_two_who_correct_one_figure_notice_it(running: Cast, actor: Actor, tmp_path: Path) -> None:
    one = target(running.plan, "A")
    first = read(one, FIRST, "10")
    file = File(tmp_path).put("A", value=11).save()
    late = looked_at(file, actor)
    new: Any = {"as_of": FIRST, "source": "统计局", "actor": SYSTEM, "now": NOW}
    targets.record_reading(one, value=Decimal(12), revises=first, **new)
    batch = looked_at(file, actor)
    assert counts(batch) == {"conflicts": 1}
    with pytest.raises(Overtaken):
        apply(late, actor)
    assert counts(late) == {"errors": 1}
    apply(batch, actor, take=None)
    assert standing(one) == {FIRST: Decimal(11)}
    last = Reading.objects.get(target=one, revised_by__isnull=True)
    targets.record_reading(one, value=Decimal(13), revises=last, **new)
    with pytest.raises(Touched):
        operations.undo(batch, actor=actor, now=NOW)


FIGURE = st.fixed_dictionaries(
    {
        "as_of": st.dates(date(1900, 1, 1), date(2023, 1, 12)),
        "value": st.decimals(-(10**10), 10**10, places=4, allow_nan=False),
        "source": st.builds(
            lambda mark, text: f"{mark}{text}".strip() or "x",
            st.sampled_from(["=", "+1", "'", "年报", "2023-06", "0012"]),
            st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
        ),
        "provisional": st.booleans(),
    }
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=st.lists(FIGURE, min_size=1, max_size=5), ending=st.sampled_from(["xlsx", "csv"]))
def test_any_figure_survives(cast: Cast, actor: Actor, tmp_path: Path, figures: list[Any], ending: str) -> None:
    Reading.objects.all().delete()
    Target.objects.all().delete()
    made = [target(cast.plan, f"T-{number}") for number in range(len(figures))]
    for one, said in zip(made, figures, strict=True):
        targets.record_reading(one, actor=SYSTEM, now=NOW, **said)
    file = tmp_path / f"readings.{ending}"
    readings_export.write(file, Target.objects.order_by("code"), now=NOW, language="en", ending=ending)
    assert counts(looked_at(file, actor)) == {"unchanged": len(figures)}
    names = ("target__code", "as_of", "value", "source", "provisional")
    before = list(Reading.objects.order_by("target__code").values(*names))
    Reading.objects.all().delete()
    apply(looked_at(file, actor), actor)
    assert list(Reading.objects.order_by("target__code").values(*names)) == before
