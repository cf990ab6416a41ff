"""Which views of the ledger are one press away, and how many rows does each hold?"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from milestones import access
from milestones.actors import Actor
from milestones.ledger import counting, keeping, selecting
from milestones.ledger.query import Query
from milestones.models import Milestone, Person, Plan, SavedView


@dataclass(frozen=True)
class Tab:
    """`count` is empty until it is asked for; `saved` is the view behind it, None for those that everybody has."""

    name: str
    query: str
    is_here: bool
    saved: SavedView | None = None
    count: str = ""
    may_edit: bool = False


def tabs(query: Query, viewer: Actor, today: date, *, counted: Sequence[Plan] = ()) -> list[Tab]:
    """With their numbers when `counted` are the plans that the reader sees."""
    here = query.text(paged=False)
    person = _person(viewer)
    kept = [(view.name, view.query, view) for view in keeping.views(person)]
    found = []
    for name, text, view in [*((name, text, None) for name, text in _usual(viewer, today)), *kept]:
        number = _number(person, Query.parse(text), today, counted) if counted else ""
        may_edit = view is not None and access.may(viewer, "view.edit", view)
        found.append(Tab(name, text, text == here, view, number, may_edit))
    return found


def _number(viewer: Person, query: Query, today: date, every: Sequence[Plan]) -> str:
    return str(counting.count(viewer, query, today, selecting.plans(viewer, query, every)))


def _usual(viewer: Actor, today: date) -> list[tuple[str, str]]:
    first = today.replace(day=1)
    last = today.replace(day=monthrange(today.year, today.month)[1])
    usual = [
        (_("All"), Query()),
        (_("Not yet verified"), Query(state=("open",))),
        (_("Late and at risk"), Query(health=("red", "yellow"), state=("open",))),
        (_("Due this month"), Query(state=("open",), due_from=first, due_to=last)),
        (_("Without owner"), Query(show=("unassigned",))),
    ]
    if _owns(viewer):
        usual.insert(1, (_("Mine"), Query(accountable=(str(_person(viewer).pk),), state=("open",))))
    return [(name, query.text()) for name, query in usual]


def _owns(viewer: Actor) -> bool:
    return Milestone.objects.owned_by(_person(viewer)).exists()


def _person(viewer: Actor) -> Person:
    assert viewer.person is not None, "pages are read by people"
    return viewer.person
