"""Is every value told that a column can hold, exactly as it was written?"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from milestones.changes.record import plain
from milestones.models import Organisation, Plan, Target
from milestones.shapes import SHAPES, Reader
from tests.shapes.world import AT, ODD, TIMES

# What PostgreSQL keeps as text: no NUL, no half of a surrogate pair. The verbs refuse both.
TEXTS = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
DECIMALS = st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4, allow_nan=False)


def field(obj: Any, entity: str, name: str) -> Any:
    return SHAPES[entity].one(obj.pk, Reader(people=True))[name]


def organisation() -> Organisation:
    return Organisation.objects.create(code="U", name="x", **TIMES)


class TestTexts(TestCase):
    @given(TEXTS)
    @example(ODD)
    @example("".join(map(chr, range(1, 0x20))))
    @example("\u2028\u2029\u0085\ufeff\uffff\U0010ffff")
    @example("null")
    @example('["1"]')
    @settings(max_examples=60)
    def test_a_text_comes_back_letter_for_letter(self, text: str) -> None:
        assert field(Organisation.objects.create(code="U", name=text, **TIMES), "organisation", "name") == text


class TestNumbers(TestCase):
    plan: Plan

    @classmethod
    def setUpTestData(cls) -> None:
        period: Any = {"year": 2023, "starts_on": AT.date(), "ends_on": AT.date()}
        cls.plan = Plan.objects.create(code="p", title="x", **period, **TIMES)

    @given(DECIMALS)
    @example(Decimal(0))
    @example(Decimal("-0.0001"))
    @example(Decimal("0.0001"))
    @example(Decimal(100))
    @example(Decimal(1000000000000))
    @example(Decimal("99999999999.9999"))
    @example(Decimal(99999999999999))
    @example(Decimal("-12345678901234.5678"))
    @settings(max_examples=100)
    def test_a_decimal_is_told_as_history_tells_it(self, value: Decimal) -> None:
        row = Target.objects.create(plan=self.plan, code="T", name="x", unit="%", measure="stock", value=value, **TIMES)
        told = field(row, "target", "value")

        if connection.vendor == "postgresql" or len(value.normalize().as_tuple().digits) <= 15:
            assert told == plain(row.value or Decimal(0))
        else:  # SQLite keeps fifteen digits, whoever reads them
            assert Decimal(told) == pytest.approx(value, rel=Decimal("1e-14"))
            assert "e" not in told

    def test_zero_is_zero_and_never_negative(self) -> None:
        for n, zero in enumerate((Decimal("0.0000"), Decimal("-0"))):
            words: Any = {"code": f"Z{n}", "name": "x", "unit": "%", "measure": "stock"}
            row = Target.objects.create(plan=self.plan, value=zero, **words, **TIMES)
            assert field(row, "target", "value") == "0"


@pytest.mark.parametrize(
    ("microsecond", "text"),
    [
        (0, "2023-05-06T07:08:09+00:00"),
        (1, "2023-05-06T07:08:09.000001+00:00"),
        (120_000, "2023-05-06T07:08:09.120000+00:00"),
        (999_999, "2023-05-06T07:08:09.999999+00:00"),
    ],
)
def test_an_instant_is_told_in_utc_to_the_microsecond(db: None, microsecond: int, text: str) -> None:
    unit = Organisation.objects.create(
        code="U", name="x", created_at=AT, updated_at=datetime(2023, 5, 6, 7, 8, 9, microsecond, tzinfo=UTC)
    )

    assert field(unit, "organisation", "updated_at") == text


def test_an_instant_does_not_depend_on_the_clock_of_the_session(db: None) -> None:
    unit = organisation()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'; SET LOCAL DateStyle = 'German'")

    assert field(unit, "organisation", "created_at") == "2023-05-06T07:08:09+00:00"


def test_a_row_of_more_fields_than_a_function_takes_arguments(db: None) -> None:
    from milestones.shapes.base import Shape
    from milestones.shapes.fields import text

    unit = organisation()
    wide = Shape("wide", Organisation, {f"f{n}": text("code") for n in range(200)})

    assert wide.one(unit.pk, Reader()) == {f"f{n}": "U" for n in range(200)}


def test_keys_that_are_sql_are_not_there_to_be_run(db: None) -> None:
    """Names of fields are the code's; values never become part of the statement."""
    unit = Organisation.objects.create(code="%s'; --", name="%(x)s", short_name="{0}", **TIMES)
    (text,) = next(SHAPES["organisation"].rows(Organisation.objects.filter(pk=unit.pk), Reader()))
    row = json.loads(text)

    assert (row["code"], row["name"], row["short_name"]) == ("%s'; --", "%(x)s", "{0}")
