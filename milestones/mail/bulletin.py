"""What does the weekly bulletin say? Counts by organisation, the worst first, and by name what is longest overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from milestones import wording
from milestones.models import OPEN_STATES, MailKind, OutgoingMail, Person, State
from milestones.workdays.periods import FuzzyDate

from .render import letter, milestone_url

SHOWN = 14  # organisations; the rest is in the sum
BYTES = 108  # of a title or a name, 36 Chinese letters: however long they are, the mail stays under 100 kB


@dataclass(frozen=True, slots=True)
class Counts:
    """Of milestones in active plans, cancelled ones left out: how they stand now, and what came since the last one.

    `due_next` are open and due from today to the bulletin's `until`; `fresh` became overdue since the last bulletin;
    `missing` are reports whose day passed. `notices_late` were not answered in time and still are not, or were answered
    late since. The numbers that end in `_before` are those of the time before.
    """

    total: int = 0
    done: int = 0
    due_next: int = 0
    overdue: int = 0
    fresh: int = 0
    red: int = 0
    yellow: int = 0
    made_up: int = 0
    missing: int = 0
    notices_issued: int = 0
    notices_open: int = 0
    notices_late: int = 0
    asked: int = 0
    granted: int = 0
    done_before: int = 0
    notices_before: int = 0
    asked_before: int = 0
    granted_before: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Worst:
    """A milestone that is named; `days` are the working days that it is overdue, None when it is red before its day."""

    code: str
    title: str
    title_en: str
    plan_code: str
    plan_year: int
    due: FuzzyDate
    days: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation; `id` is None and `name` empty for what nobody leads."""

    id: Any
    name: str
    counts: Counts
    worst: tuple[Worst, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`units` with the worst first; [`first`, `last`] are the days told of, `until` ends what is coming.

    `everything`: of all organisations, not only of those that the reader supervises. `office`: the reader may open the
    workbench's lists. `plans` are the codes of the active plans.
    """

    day: date
    first: date
    last: date
    until: date
    units: Sequence[Unit]
    plans: Sequence[str]
    everything: bool
    office: bool


def bulletin(person: Person, told: Bulletin, *, now: datetime) -> OutgoingMail:
    """The unsaved mail."""
    total = sum((unit.counts for unit in told.units), Counts())
    shown = told.units[:SHOWN]
    links = _Links(told)
    with translation.override(person.language):
        context = {
            "told": told,
            "total": total,
            "cells": _cells(total, links, None),
            "compared": _compared(total),
            "units": [_unit(unit, links) for unit in shown],
            "more": len(told.units) - len(shown),
            "late_units": sum(1 for unit in told.units if unit.counts.overdue),
            "more_url": links.of("overdue", None) or f"{settings.BASE_URL}/plans/",
        }
    return letter(MailKind.BULLETIN, person, context, now=now)


class _Links:
    """Where the rows behind a number are: the office's lists, for others the page of the plan when there is one."""

    IN_LISTS: Mapping[str, Mapping[str, str]] = {
        "total": {"state__in": ",".join((*OPEN_STATES, State.COMPLETED))},
        "overdue": {"overdue": "yes"},
        "red": {"health__exact": "red"},
        "yellow": {"health__exact": "yellow"},
        "made_up": {"health__exact": "made_up"},
    }
    ON_PAGES: Mapping[str, str] = {"total": "all", "overdue": "overdue"}

    def __init__(self, told: Bulletin) -> None:
        self.told = told

    def of(self, number: str, unit: Unit | None) -> str:
        """Empty where no page lists just these rows; `unit` None: of all that the reader is told of."""
        if self.told.office:
            return self._list(number, unit)
        if unit is None and self.told.everything and len(self.told.plans) == 1 and number in self.ON_PAGES:
            return f"{settings.BASE_URL}/plans/{self.told.plans[0]}/?{urlencode({'show': self.ON_PAGES[number]})}"
        return ""

    def _list(self, number: str, unit: Unit | None) -> str:
        if unit is not None and unit.id is None:
            lead = {"lead__isnull": "True"}
        else:
            lead = {} if unit is None else {"lead__id__exact": str(unit.id)}
        coming = {"state__in": ",".join(OPEN_STATES), "due_on__gte": self.told.day, "due_on__lte": self.told.until}
        narrow = coming if number == "due_next" else self.IN_LISTS.get(number)
        if narrow is None:
            return ""
        query = urlencode({"plan__state__exact": "active", **narrow, **lead})
        return f"{settings.BASE_URL}/admin/milestones/milestone/?{query}"


def _unit(unit: Unit, links: _Links) -> dict[str, Any]:
    return {
        "name": _cut(unit.name) or _("Without a lead organisation"),
        "cells": _cells(unit.counts, links, unit),
        "acts": _acts(unit.counts),
        "worst": [_worst(one) for one in unit.worst],
    }


def _cells(counts: Counts, links: _Links, unit: Unit | None) -> list[dict[str, Any]]:
    """Eight numbers with their words; what should be nought is marked when it is not."""
    words = (
        ("total", pgettext("bulletin", "all")),
        ("done", pgettext("bulletin", "done")),
        ("due_next", pgettext("bulletin", "next")),
        ("overdue", pgettext("bulletin", "overdue")),
        ("red", pgettext("bulletin", "red")),
        ("yellow", pgettext("bulletin", "yellow")),
        ("made_up", pgettext("bulletin", "made up")),
        ("missing", pgettext("bulletin", "no report")),
    )
    grave = ("overdue", "red", "missing")
    found = [(name, word, getattr(counts, name)) for name, word in words]
    return [
        {"n": n, "word": word, "url": links.of(name, unit) if n else "", "grave": bool(n) and name in grave}
        for name, word, n in found
    ]


def _acts(counts: Counts) -> str:
    """Notices and extensions in a line; empty when there were none."""
    said = []
    if counts.notices_issued or counts.notices_open or counts.notices_late:
        said.append(
            _("notices: %(issued)d issued, %(open)d open, %(late)d late")
            % {"issued": counts.notices_issued, "open": counts.notices_open, "late": counts.notices_late}
        )
    if counts.asked or counts.granted:
        said.append(
            _("extensions: %(asked)d asked for, %(granted)d granted")
            % {"asked": counts.asked, "granted": counts.granted}
        )
    return _("; ").join(said)


def _compared(counts: Counts) -> list[str]:
    """The sum's flows beside those of the time before."""
    pairs = (
        (_("done: %(now)d (before: %(before)d)"), counts.done, counts.done_before),
        (_("notices issued: %(now)d (before: %(before)d)"), counts.notices_issued, counts.notices_before),
        (_("extensions asked for: %(now)d (before: %(before)d)"), counts.asked, counts.asked_before),
        (_("granted: %(now)d (before: %(before)d)"), counts.granted, counts.granted_before),
    )
    said = [text % {"now": now, "before": before} for text, now, before in pairs]
    waiting = _("notices open: %(open)d, of them or answered late: %(late)d")
    return [*said, waiting % {"open": counts.notices_open, "late": counts.notices_late}]


def _worst(one: Worst) -> dict[str, Any]:
    due = wording.period_with_day(one.due, year=one.plan_year)
    if one.days is None:
        line = _("due %(due)s, red")
    else:
        line = ngettext(
            "was due %(due)s, %(n)d working day overdue", "was due %(due)s, %(n)d working days overdue", one.days
        )
    english = translation.get_language() == "en" and one.title_en
    return {
        "code": one.code,
        "title": _cut(one.title_en if english else one.title),
        "line": line % {"due": due, "n": one.days},
        "url": milestone_url(one.plan_code, one.code),
    }


def _cut(text: str) -> str:
    raw = text.encode()
    return text if len(raw) <= BYTES else raw[:BYTES].decode(errors="ignore").rstrip() + "…"
