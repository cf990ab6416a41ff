"""What narrows the ledger now, each with the way to take it off, and what else could?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from milestones import wording
from milestones.ledger.query import ALL, DEFAULT_ORDER, MANY, NONE, Query
from milestones.ledger.selecting import read_id
from milestones.models import Organisation, Person, Plan, Workstream
from milestones.web.presenters import ledger_words as words

SINGLE = 5  # more codes than that are one chip


@dataclass(frozen=True)
class Chip:
    """A filter in force; `query` is the address without it."""

    name: str
    value: str
    query: str


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Choices:
    """By the name of the filter what it can be set to."""

    plan: list[Option]
    workstream: list[Option]
    lead: list[Option]
    accountable: list[Option]
    state: list[Option]
    health: list[Option]
    kind: list[Option]
    show: list[Option]

    def label(self, name: str, value: str) -> str:
        options: list[Option] = getattr(self, name, [])
        return next((one.label for one in options if one.value == value), value)


def choices(query: Query, every: Sequence[Plan], among: Sequence[Plan]) -> Choices:
    plans = [(plan.code, _titled(plan)) for plan in every]
    streams = Workstream.objects.filter(plan__in=among).order_by("position", "code")
    units = Organisation.objects.active().order_by("code").only("code", "short_name", "name")
    asked = [pk for pk in query.accountable if pk != NONE]
    owners = Person.objects.filter(pk__in=_ids(asked)).only("display_name") if asked else []
    return Choices(
        plan=_options(query, "plan", [(ALL, _("all plans")), *plans]),
        workstream=_options(query, "workstream", {one.code: _titled(one) for one in streams}.items()),
        lead=_options(query, "lead", [*((one.code, str(one)) for one in units), (NONE, _("without lead"))]),
        accountable=_options(
            query, "accountable", [(NONE, _("without owner")), *((str(one.pk), str(one)) for one in owners)]
        ),
        state=_options(query, "state", words.states().items()),
        health=_options(query, "health", words.healths().items()),
        kind=_options(query, "kind", words.kinds().items()),
        show=_options(query, "show", words.facts().items()),
    )


def chips(query: Query, options: Choices) -> list[Chip]:
    found = [chip for name in MANY for chip in _of_many(query, name, options)]
    if query.q:
        found.append(Chip(words.heading("q"), query.q, query.without("q").text()))
    for name in ("due_from", "due_to"):
        day: date | None = getattr(query, name)
        if day:
            found.append(Chip(words.heading(name), wording.day(day), query.without(name).text()))
    if not query.plan and len(options.plan) > 2:
        found.insert(0, Chip(words.heading("plan"), _("active plans"), query.with_(plan=(ALL,)).text()))
    if query.order != DEFAULT_ORDER:
        found.append(Chip(words.heading("order"), order_words(query.order), query.without("order").text()))
    return found


def _of_many(query: Query, name: str, options: Choices) -> list[Chip]:
    values: tuple[str, ...] = getattr(query, name)
    if name == "code" and len(values) > SINGLE:
        said = ngettext("%(n)s chosen", "%(n)s chosen", len(values)) % {"n": len(values)}
        return [Chip(words.heading(name), said, query.without(name).text())]
    return [Chip(words.heading(name), options.label(name, one), query.without(name, one).text()) for one in values]


def order_words(order: Iterable[str]) -> str:
    said = (
        words.heading(name.removeprefix("-")) + (pgettext("sorted", " (downwards)") if name.startswith("-") else "")
        for name in order
    )
    return _(", ").join(said)


def _options(query: Query, name: str, known: Iterable[tuple[str, str]]) -> list[Option]:
    chosen = getattr(query, name)
    return [Option(value, label, value in chosen) for value, label in known]


def _titled(one: Plan | Workstream) -> str:
    return (one.title_en if (get_language() or "").startswith("en") else "") or one.title


def _ids(texts: Iterable[str]) -> list[str]:
    return [str(pk) for text in texts if (pk := read_id(text))]
