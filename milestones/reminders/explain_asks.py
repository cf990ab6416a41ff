"""Why was somebody asked for a report or a decision, or not? Each day of asking, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from milestones import wording
from milestones.extensions import asking as decisions
from milestones.models import Extension, Milestone, OutgoingMail, Person
from milestones.planning.questions import Coming, Told, Why
from milestones.status_reports import asking as reports
from milestones.targets import asking as readings

from .explain_words import journey

LOOKED_BACK = timedelta(days=60)  # decisions older than that are told by their own page


def lines(milestone: Milestone, person: Person, *, now: datetime) -> Iterator[str]:
    """One line a day of asking, of the report of the present period and of recent requests for a later date."""
    today = now.astimezone(milestone.plan.zone).date()
    if (report := reports.why(person, milestone, today)) is not None:
        what = _("report by %(day)s") % {"day": wording.day(report.expected.by)}
        yield from _told(report, what, today)
    recent = Extension.objects.filter(milestone=milestone, requested_at__gte=now - LOOKED_BACK)
    for extension in recent.select_related("milestone__plan", "milestone__lead", "milestone__accountable"):
        decision = decisions.why(person, extension, today)
        what = _("decision by %(day)s") % {"day": wording.day(decision.expected.by)}
        yield from _told(decision, what, today)


@dataclass(frozen=True, slots=True)
class Ask:
    """On `day` `person` will be asked for `what`; `kind` is what they have in one letter."""

    day: date
    person: Person
    step: str
    what: str
    kind: str


def coming(first: date, last: date, *, now: datetime, person: Person | None = None) -> list[Ask]:
    """What will be asked for on the days in [first, last], by day and person, if nothing changes."""
    found = [
        *reports.coming(first, last, now=now),
        *decisions.coming(first, last, now=now),
        *readings.coming(first, last, now=now),
    ]
    wanted = [one for one in found if person is None or one.person == person]
    wanted.sort(key=lambda one: (one.day, one.person.display_name, one.by))
    return [Ask(one.day, one.person, one.step, _what(one), type(one.what).__name__) for one in wanted]


def _what(one: Coming) -> str:
    """“FIN-07 …: report by September 28”."""
    by = {"day": wording.day(one.by)}
    about: object
    match one.what:
        case Extension():
            about, wanted = one.what.milestone, _("decision by %(day)s") % by
        case readings.MissingReading():
            about, wanted = one.what.target, _("reading by %(day)s") % by
        case _:
            about, wanted = one.what.milestone, _("report by %(day)s") % by
    return _("%(about)s: %(wanted)s") % {"about": about, "wanted": wanted}


def _told(why: Why, what: str, today: date) -> Iterator[str]:
    mails = {mail.day: mail for mail in why.mails}
    for one in why.told:
        yield f"{one.asking.day.isoformat()}  {one.asking.step.code}  {what}: {_fate(why, one, mails, today)}"


def _fate(why: Why, one: Told, mails: dict[date | None, OutgoingMail], today: date) -> str:
    day = one.asking.day
    if not one.addressed:
        return _("asks others")
    if one.muted:
        return _("no mail: muted")
    if (mail := mails.get(day)) is not None:
        return journey(mail)
    if why.answered_at is not None and why.answered_at.date() <= day:
        return _("no mail: answered %(day)s") % {"day": wording.day(why.answered_at.date())}
    return _("yet to come") if day >= today else _("no mail of that day")
