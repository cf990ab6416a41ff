"""Which milestones that this reader may see does a query mean?"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.db.models import F, Q
from django.db.models.lookups import In

from milestones import access
from milestones.actors import Actor
from milestones.models import OPEN_STATES, Milestone, Person, Plan, State
from milestones.models.milestones import HEALTH_RANKS, HealthRank, MilestoneQuerySet
from milestones.planning.calendars import calendar
from milestones.planning.facts import Fact, Window

from .orders import keys
from .query import ALL, NONE, Query
from .texts import called

UNASSIGNED = "unassigned"
OPEN = "open"
Viewer = Actor | Person


def rows(viewer: Viewer, query_string: str, today: date) -> MilestoneQuerySet:
    """Everything an address of the ledger means, in its order; the page of the address makes no difference."""
    query = Query.parse(query_string)
    found = selected(viewer, query, today)
    order = keys(query.order, today)
    return found.alias(**{key.name: key.expression for key in order}).order_by(*(key.by for key in order))


def selected(viewer: Viewer, query: Query, today: date, among: Sequence[Plan] | None = None) -> MilestoneQuerySet:
    """In no order. `among` are the plans of the query, when they are known."""
    return within(viewer, query, today, among).filter(plan__in=plans(viewer, query) if among is None else among)


def within(viewer: Viewer, query: Query, today: date, among: Sequence[Plan] | None = None) -> MilestoneQuerySet:
    """Of every plan; who asks for the rows of one adds `plan`. What may not be seen stays out whatever is added."""
    among = plans(viewer, query) if among is None else among
    found = access.visible(Milestone.objects.order_by(), viewer)
    if query.q:
        found = found.filter(called(query.q, among))
    for condition in _conditions(query, today):
        found = found.filter(condition)
    return found


def every_plan(viewer: Viewer) -> list[Plan]:
    """That this reader may see, active ones first, newest year first."""
    return list(access.visible(Plan.objects.current_first(), viewer).defer("source_document"))


def plans(viewer: Viewer, query: Query, every: Sequence[Plan] | None = None) -> list[Plan]:
    """Those that are asked for; without a word the active ones, or all while none is."""
    every = every_plan(viewer) if every is None else every
    if ALL in query.plan:
        return list(every)
    if query.plan:
        return [plan for plan in every if plan.code in query.plan]
    return [plan for plan in every if plan.is_active] or list(every)


def _conditions(query: Query, today: date) -> Iterable[Q]:
    for name, make in _FILTERS.items():
        if values := getattr(query, name):
            yield make(values)
    if query.due_from:
        yield Q(due_on__gte=query.due_from)
    if query.due_to:
        yield Q(due_on__lte=query.due_to)
    if query.show:
        facts = _show(Window.of(today, calendar()))
        yield _any(facts[one] for one in query.show if one in facts)


def _states(values: tuple[str, ...]) -> Q:
    states = {value for value in values if value != OPEN} | (set(OPEN_STATES) if OPEN in values else set())
    return Q(state__in=sorted(states))


def _healths(values: tuple[str, ...]) -> Q:
    """By the rank, of which there is an index."""
    return Q(In(HealthRank("health"), sorted({HEALTH_RANKS.get(value, -1) for value in values})))


def _owners(values: tuple[str, ...]) -> Q:
    return Q(accountable__in=[pk for value in values if (pk := read_id(value))]) | _absent("accountable", values)


def _leads(values: tuple[str, ...]) -> Q:
    return Q(lead__code__in=values) | _absent("lead", values)


def _absent(column: str, values: tuple[str, ...]) -> Q:
    return Q(**{f"{column}__isnull": True}) if NONE in values else Q(pk__in=())


def read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


_FILTERS: dict[str, Callable[[tuple[str, ...]], Q]] = {
    "code": lambda values: Q(code__in=values),
    "workstream": lambda values: Q(workstream__code__in=values),
    "state": _states,
    "health": _healths,
    "lead": _leads,
    "accountable": _owners,
    "kind": lambda values: Q(kind__in=values),
}


def _any(conditions: Iterable[Q]) -> Q:
    found = Q(pk__in=())
    for one in conditions:
        found |= one
    return found


def _show(window: Window) -> dict[str, Q]:
    """As `Window.fact` says of one row."""
    working = Q(state__in=(State.PLANNED, State.IN_PROGRESS))
    ahead, later = Q(due_on__gte=window.today), Q(due_on__gt=window.soon_until)
    in_time = Q(actual_on__isnull=True) | Q(actual_on__lte=F("due_on"))
    return {
        Fact.OVERDUE: Q(state__in=OPEN_STATES, due_on__lt=window.today),
        Fact.SOON: working & ahead & Q(due_on__lte=window.soon_until),
        Fact.SUBMITTED: Q(state=State.SUBMITTED) & ahead,
        Fact.IN_PROGRESS: Q(state=State.IN_PROGRESS) & later,
        Fact.PLANNED: Q(state=State.PLANNED) & later,
        Fact.MADE_UP: Q(state=State.COMPLETED, actual_on__gt=F("due_on")),
        Fact.DONE: Q(state=State.COMPLETED) & in_time,
        Fact.CANCELLED: Q(state=State.CANCELLED),
        UNASSIGNED: Q(state__in=OPEN_STATES, accountable__isnull=True),
    }
