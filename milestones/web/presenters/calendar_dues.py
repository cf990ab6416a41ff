"""Which milestones are due on which day or within which period, the first few and how many? Two queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from milestones import wording
from milestones.models import Health, Milestone, State
from milestones.models.milestones import HealthRank
from milestones.workdays import Calendar, Precision
from milestones.workdays.periods import period_of

SHOWN = 5  # of one day, or of one period
FUZZY = (Precision.MONTH, Precision.QUARTER, Precision.HALF_YEAR, Precision.YEAR)
COLUMNS = "code title title_en state health due_on due_precision plan__code lead__short_name lead__name".split()
Key = tuple[date, str]  # a due date: its day and precision


@dataclass(frozen=True)
class Item:
    """`note` names the working deadline where that is an earlier day; `plan` is empty where only one is shown."""

    url: str
    code: str
    title: str
    health: str
    health_word: str
    plan: str
    lead: str
    note: str


@dataclass(frozen=True)
class Dues:
    """What is due by day and precision: the first few, and how many in all."""

    items: Mapping[Key, Sequence[Item]]
    totals: Mapping[Key, int]


def periods(first: date) -> list[Key]:
    """The periods that hold the month of `first`, the shortest first."""
    return [(period_of(first, one).on, one.value) for one in FUZZY]


def dues(rows: QuerySet[Milestone], days: Sequence[date], calendar: Calendar, *, first: date, with_plan: bool) -> Dues:
    """On the days from the first of `days` to the last, and within the periods that hold the month of `first`."""
    wanted = Q(due_precision=Precision.DAY, due_on__range=(days[0], days[-1]))
    for on, precision in periods(first):
        wanted |= Q(due_precision=precision, due_on=on)
    found = rows.filter(wanted)
    return Dues(_items(found, calendar, with_plan=with_plan), _totals(found))


def _totals(rows: QuerySet[Milestone]) -> Mapping[Key, int]:
    counted = rows.order_by().values_list("due_on", "due_precision").annotate(n=Count("pk"))
    return {(on, precision): n for on, precision, n in counted}


def _items(rows: QuerySet[Milestone], calendar: Calendar, *, with_plan: bool) -> Mapping[Key, Sequence[Item]]:
    """What needs attention before what is done."""
    place = Window(
        RowNumber(), partition_by=["due_on", "due_precision"], order_by=[HealthRank("health"), F("code"), F("id")]
    )
    few = rows.annotate(place=place).filter(place__lte=SHOWN).order_by("due_on", "place")
    found: dict[Key, list[Item]] = {}
    for values in few.values(*COLUMNS, "place"):
        key = (values["due_on"], values["due_precision"])
        found.setdefault(key, []).append(_item(values, calendar, with_plan=with_plan))
    return found


def _item(values: dict[str, Any], calendar: Calendar, *, with_plan: bool) -> Item:
    health, due = values["health"] or "planned", values["due_on"]
    english = (get_language() or "").startswith("en") and values["title_en"]
    deadline = calendar.on_or_before(due)
    is_moved = deadline != due and values["due_precision"] == Precision.DAY and values["state"] != State.COMPLETED
    return Item(
        url=reverse("milestone", args=[values["plan__code"], values["code"]]),
        code=values["code"],
        title=english or values["title"],
        health=health,
        health_word=str(Health(health).label if values["health"] else State(values["state"]).label),
        plan=values["plan__code"] if with_plan else "",
        lead=values["lead__short_name"] or values["lead__name"] or "",
        note=_("last working day %(day)s") % {"day": wording.day(deadline, year=due.year)} if is_moved else "",
    )
