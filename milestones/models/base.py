"""What does every stored object share? An id ordered by time, a version, two instants and a way to hold fuzzy dates."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

import uuid_utils.compat
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from milestones.workdays.periods import FuzzyDate, Precision


def uuid7() -> uuid.UUID:
    """A UUIDv7 (RFC 9562): ordered by time of making, not of commit, hence never a cursor."""
    return uuid_utils.compat.uuid7()


class Versioned(models.Model):
    """An object of the business: changed only by verbs, each of which raises `version` by one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), editable=False)
    updated_at = models.DateTimeField(_("updated at"), editable=False)

    class Meta:
        abstract = True


class PrecisionChoices(models.TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF_YEAR = "half_year", _("half-year")
    YEAR = "year", _("year")


def date_field(name: Any, **options: Any) -> models.DateField[Any, Any]:
    return models.DateField(name, **options)


def precision_field(name: Any, **options: Any) -> models.CharField[Any, Any]:
    return models.CharField(name, max_length=9, choices=PrecisionChoices.choices, **options)


def fuzzy(on: Any, precision: str | None) -> FuzzyDate | None:
    """The two columns as one value; None when the date is not set."""
    return None if on is None or precision is None else FuzzyDate(on, Precision(precision))


@cache
def dates_of(model: type[models.Model]) -> Mapping[str, str]:
    """Column → date, of those that are one value in two columns: `due_on` and `due_precision` → `due`."""
    columns = {field.attname for field in model._meta.concrete_fields}
    names = [column.removesuffix("_on") for column in columns if column.endswith("_on")]
    found = [name for name in names if f"{name}_precision" in columns]
    return {f"{name}_{half}": name for name in found for half in ("on", "precision")}


def date_of(model: type[models.Model], column: str) -> str:
    """The date that `column` is a half of; empty for every other column."""
    return dates_of(model).get(column, "")


def period_end(name: str, *, optional: bool) -> Q:
    """The check that `NAME_on` is the last calendar day of its period, and that both columns are set or neither."""
    precision, month, day = f"{name}_precision", f"{name}_on__month", f"{name}_on__day"
    short_month = Q(**{f"{month}__in": [4, 6, 9, 11], day: 30}) | Q(**{month: 2, f"{day}__in": [28, 29]})
    month_end = short_month | Q(**{f"{month}__in": [1, 3, 5, 7, 8, 10, 12], day: 31})
    quarter_end = Q(**{f"{month}__in": [3, 6, 9, 12]}) & month_end
    half_end = Q(**{f"{month}__in": [6, 12]}) & month_end
    held = (
        Q(**{precision: "day"})
        | (Q(**{precision: "month"}) & month_end)
        | (Q(**{precision: "quarter"}) & quarter_end)
        | (Q(**{precision: "half_year"}) & half_end)
        | (Q(**{precision: "year"}) & Q(**{month: 12, day: 31}))
    )
    both = Q(**{f"{name}_on__isnull": False, f"{precision}__isnull": False}) & held
    return both | Q(**{f"{name}_on__isnull": True, f"{precision}__isnull": True}) if optional else held


def source_span() -> Q:
    """The check that a place in the source has a beginning and a later end, or neither; one null would slip through."""
    given = Q(source_start__isnull=False, source_end__isnull=False, source_end__gt=F("source_start"))
    return Q(source_start__isnull=True, source_end__isnull=True) | given


def one_of(field: str, choices: type[models.TextChoices]) -> Q:
    return Q(**{f"{field}__in": choices.values})
