"""What stands around the form of a report: what was said last, how far it should be, what was kept or refused?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import access, marking, wording
from milestones.actors import Actor
from milestones.models import Evidence, EvidenceState, Milestone, StatusReport
from milestones.status_reports import queries
from milestones.web.facts import Fact
from milestones.web.moment import Moment
from milestones.web.presenters.health import expected_today
from milestones.web.presenters.reports import Expected, expected
from milestones.web.presenters.verdict import fact_of, verdict

RECENT = timedelta(hours=24)
BAR = 200


@dataclass(frozen=True)
class Bar:
    """Lengths of 200: the last report's, and 序时. `last` is None before the first report."""

    last: int | None
    pace: int
    last_said: str
    pace_said: str


@dataclass(frozen=True)
class Photo:
    row: Evidence
    preview: str


@dataclass(frozen=True)
class Refusal:
    """Markings were found: (id of the field, its label, where in it); when the rest was kept, empty if it was not."""

    where: list[tuple[str, str, str]]
    kept_at: str


@dataclass(frozen=True)
class Around:
    fact: Fact
    verdict: str
    expected: Expected | None
    hint: str
    bar: Bar
    keep: str
    due: str
    waiting: str
    on_behalf: str


def around(milestone: Milestone, actor: Actor, at: Moment) -> Around:
    today, year = at.today(milestone.plan.zone), milestone.plan.year
    last = queries.last_before(milestone, today)
    fact = fact_of(milestone, at)
    pace = expected_today(milestone, at.now)
    return Around(
        fact=fact,
        verdict=verdict(milestone, fact, today, at.calendar),
        expected=expected(milestone, last.as_of if last else None, today, at),
        hint=_hint(last, pace, year),
        bar=_bar(last, pace),
        keep=_keep(milestone),
        due=wording.period_with_day(milestone.due, year=year),
        waiting=_waiting(milestone),
        on_behalf=_on_behalf(milestone, actor),
    )


def recent_photos(milestone: Milestone, actor: Actor, now: datetime) -> list[Photo]:
    """What the writer attached today and may still take back."""
    rows = milestone.evidence.filter(added_by=actor.person, state=EvidenceState.PENDING, created_at__gte=now - RECENT)
    return [Photo(row, reverse("evidence_preview", args=[row.pk]) if row.has_preview else "") for row in rows]


def refusal(form: Any, marked: list[str], kept_at: str) -> Refusal:
    """`marked` are the fields whose text holds one; `kept_at` is when the rest went into the draft, empty if not."""
    where = [(form[name].id_for_label, str(form.fields[name].label), _found(form, name)) for name in marked]
    return Refusal(where, kept_at)


def _found(form: Any, name: str) -> str:
    found = marking.find(form.cleaned_data.get(name) or "")
    return _("line %(line)s, character %(column)s") % {"line": found.line, "column": found.column} if found else ""


def _hint(last: StatusReport | None, pace: int, year: int) -> str:
    said = {"pace": pace}
    if last is None:
        return _("First report; %(pace)s %% of the time has passed") % said
    said |= {"progress": last.progress, "day": wording.day(last.as_of, year=year)}  # type: ignore[dict-item]
    return _("Last time %(progress)s %% (%(day)s); %(pace)s %% of the time has passed") % said


def _bar(last: StatusReport | None, pace: int) -> Bar:
    progress = last.progress if last else None
    return Bar(
        last=None if progress is None else progress * BAR // 100,
        pace=pace * BAR // 100,
        last_said=_("last %(n)s") % {"n": progress} if progress is not None else "",
        pace_said=_("pace %(n)s") % {"n": pace},
    )


def _keep(milestone: Milestone) -> str:
    if milestone.forecast is None:
        return _("as due, %(date)s") % {"date": wording.period(milestone.due, year=milestone.plan.year)}
    return _("still %(date)s") % {"date": wording.period(milestone.forecast, year=milestone.plan.year)}


def _waiting(milestone: Milestone) -> str:
    asked = milestone.extensions.open().first()
    if asked is None:
        return ""
    return _("a later date, %(date)s, is asked for") % {"date": wording.period(asked.due, year=milestone.plan.year)}


def _on_behalf(milestone: Milestone, actor: Actor) -> str:
    """Whose report the office, or a deputy, writes; empty for the owner."""
    person, owner = actor.person, milestone.accountable
    if person is None or (owner is not None and owner.pk == person.pk):
        return ""
    name = owner.display_name if owner is not None else str(milestone.lead or _("nobody yet"))
    if access.is_office(person):
        return _("You file this on behalf of %(name)s; the report says so.") % {"name": name}
    if any(owner is not None and one.pk == owner.pk for one in actor.stands_in_for):
        return _("You report as deputy of %(name)s.") % {"name": name}
    return ""
