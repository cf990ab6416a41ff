"""By which values can milestones be sorted? Each is never null, so that a page can begin after a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    Expression,
    F,
    Func,
    IntegerField,
    OuterRef,
    SmallIntegerField,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from milestones.models import OPEN_STATES, StatusReport
from milestones.models.milestones import HealthRank

NEVER, ALWAYS = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True)
class Key:
    """One value that rows are sorted by; `read` makes it again of what a cursor holds."""

    name: str
    expression: Any
    read: Callable[[Any], Any]
    descending: bool = False

    @property
    def by(self) -> str:
        return f"-{self.name}" if self.descending else self.name


class Days(Func):
    """The days from one date to another."""

    arity = 2
    output_field = IntegerField()
    template = "(%(expressions)s)"
    arg_joiner = " - "

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        later, earlier = self.get_source_expressions()
        first, one = compiler.compile(later)
        second, two = compiler.compile(earlier)
        return f"CAST(julianday({first}) - julianday({second}) AS INTEGER)", (*one, *two)


class StateRank(Func):
    output_field = SmallIntegerField()
    template = (
        "CASE %(expressions)s WHEN 'planned' THEN 0 WHEN 'in_progress' THEN 1 WHEN 'submitted' THEN 2"
        " WHEN 'completed' THEN 3 ELSE 4 END"
    )


def newest_report() -> Any:
    """The last report that counts, of a milestone outside."""
    return StatusReport.objects.reported().filter(milestone=OuterRef("pk")).order_by("-as_of", "-id")


def keys(order: Sequence[str], today: date) -> list[Key]:
    """What is asked for, then due, code and id in the direction of the first, so that no two rows are alike."""
    down = order[0].startswith("-")
    found = [_key(name.removeprefix("-"), name.startswith("-"), today) for name in order]
    named = {key.name for key in found}
    ends = [_key(name, down, today) for name in ("due", "code") if f"key_{name}" not in named]
    if "key_code" in named:  # nothing but the plan is left to tell two rows apart
        ends = []
    return [*found, *ends, Key("key_id", F("pk"), lambda told: UUID(str(told)), down)]


def _key(name: str, descending: bool, today: date) -> Key:
    expression, read = (_slip(today), int) if name == "slip" else _EXPRESSIONS[name]
    return Key(f"key_{name}", expression, read, descending)


def _read_day(told: Any) -> date:
    return date.fromisoformat(str(told))


def _day(path: str, nothing: date) -> tuple[Any, Callable[[Any], Any]]:
    return Coalesce(F(path), Value(nothing, DateField())), _read_day


def _slip(today: date) -> Any:
    """In calendar days, which sort as working days do; what is overdue slips until today at least."""
    overdue = When(state__in=OPEN_STATES, due_on__lt=today, then=Value(today, DateField()))
    known: Expression = Coalesce(F("actual_on"), F("forecast_on"), F("due_on"))
    late = Case(
        When(actual_on__isnull=False, then=F("actual_on")),
        When(forecast_on__gte=today, then=F("forecast_on")),
        overdue,
        default=known,
        output_field=DateField(),
    )
    return Days(late, F("due_on"))


_EXPRESSIONS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "plan": (F("plan__code"), str),
    "code": (F("code"), str),
    "health": (HealthRank("health"), int),
    "title": (F("title"), str),
    "workstream": (F("workstream__position"), int),
    "kind": (F("kind"), str),
    "lead": (Coalesce(F("lead__code"), Value("")), str),
    "owner": (Coalesce(F("accountable__display_name"), Value("")), str),
    "state": (StateRank("state"), int),
    "weight": (F("weight"), int),
    "baseline": (F("baseline_on"), _read_day),
    "due": (F("due_on"), _read_day),
    "forecast": _day("forecast_on", ALWAYS),
    "actual": _day("actual_on", ALWAYS),
    "progress": (Coalesce(F("reported_progress"), Value(-1), output_field=IntegerField()), int),
    "report": (Coalesce(Subquery(newest_report().values("as_of")[:1]), Value(NEVER, DateField())), _read_day),
}
