"""Is what does not fit its column refused in the domain's words, on either database, whoever brings it?

Generated from the models: every text with a length, every choice, every number with bounds of every business object.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from milestones.changes import fitting, present, record
from milestones.errors import RuleBroken
from milestones.models import ChangeEntry
from milestones.models.base import date_of
from milestones.planning import operations
from tests.cast import NOW, SYSTEM, Cast

MODELS = present.business_models()


def fields(*kinds: type[models.Field[Any, Any]]) -> Iterator[Any]:
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, kinds) and not field.primary_key:
                yield pytest.param(model, field, id=f"{model._meta.model_name}-{field.name}")


def refused(model: Any, field: Any, value: Any) -> str:
    """The code of the refusal of a new value; nothing is asked of the database."""
    with pytest.raises(RuleBroken) as found:
        record.update(model(), {field.attname: value}, actor=SYSTEM, verb="x", now=NOW)
    assert found.value.field == (date_of(model, field.name) or field.name)
    assert str(found.value).strip()
    return found.value.code


@pytest.mark.parametrize(("model", "field"), list(fields(models.CharField, models.TextField)))
def test_a_text_longer_than_its_column(model: Any, field: Any) -> None:
    longest = field.max_length or fitting.LONGEST_TEXT
    code = refused(model, field, "长" * (longest + 1))
    assert code == ("choice" if field.choices else "too_long")
    if not field.choices:
        fitting.check(model, {field.attname: "长" * longest})


@pytest.mark.parametrize(("model", "field"), list(fields(models.CharField, models.TextField)))
@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_a_character_that_no_database_keeps(model: Any, field: Any, character: str) -> None:
    assert refused(model, field, f"a{character}") in ("character", "choice")


@pytest.mark.parametrize(("model", "field"), list(fields(models.IntegerField, models.DecimalField)))
def test_a_number_out_of_bounds(model: Any, field: Any) -> None:
    for value in ("many", 10**20):
        assert refused(model, field, value) == "bounds"
    if isinstance(field, models.PositiveIntegerField | models.PositiveSmallIntegerField):
        assert refused(model, field, -1) == "bounds"


@pytest.mark.parametrize(("model", "field"), list(fields(models.DecimalField)))
def test_a_decimal_with_too_many_places(model: Any, field: Any) -> None:
    assert refused(model, field, Decimal("0.00001")) == "bounds"


@pytest.mark.parametrize(("model", "field"), list(fields(models.DateField)))
def test_a_day_that_is_none(model: Any, field: Any) -> None:
    assert refused(model, field, "2023-02-30") == "bounds"


@pytest.mark.parametrize(("model", "field"), list(fields(models.Field)))
def test_nothing_where_something_is_needed(model: Any, field: Any) -> None:
    if field.null:
        fitting.check(model, {field.attname: None})
    else:
        assert refused(model, field, None) == "missing"


@pytest.mark.django_db
def test_a_verb_says_so_and_nothing_is_written(running: Cast) -> None:
    before = ChangeEntry.objects.count()
    with pytest.raises(RuleBroken) as found:
        operations.change(running.roof, {"title": "封" * 300}, actor=SYSTEM, now=NOW)
    assert (found.value.field, found.value.code) == ("title", "too_long")
    assert "300" in str(found.value)
    with pytest.raises(RuleBroken) as found:
        operations.forecast(running.roof, running.roof.due, reason="因" * 60_000, actor=SYSTEM, now=NOW)
    assert (found.value.field, found.value.code) == ("reason", "too_long")
    running.roof.refresh_from_db()
    assert ChangeEntry.objects.count() == before
    assert running.roof.title == "节点 FIN-01"


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
@pytest.mark.parametrize(("model", "field"), list(fields(models.DateField)))
def test_a_day_of_no_years_that_plans_have(model: Any, field: Any, year: int) -> None:
    if not isinstance(field, models.DateTimeField):
        assert refused(model, field, date(year, 12, 31)) == "bounds"
