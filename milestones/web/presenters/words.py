"""How are distances in working days, people behind a change and steps of the ladder said?"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import wording
from milestones.changes.labels import who
from milestones.models import Anchor, DayUnit, StepVersion, Via
from milestones.workdays import Calendar, FuzzyDate


def days_left(today: date, due: FuzzyDate, calendar: Calendar) -> int:
    """Working days until the working deadline; 0 when it is today or is over on a day off that follows it."""
    return max(0, calendar.count(today, calendar.on_or_before(due.on)))


def days_overdue(today: date, due: FuzzyDate, calendar: Calendar) -> int:
    """Working days after the effective day, today included."""
    return calendar.count(due.on, today)


def until(today: date, due: FuzzyDate, calendar: Calendar) -> str:
    """“24 working days left”, “overdue by 4 working days”, “due today”."""
    if today > due.on:
        n = days_overdue(today, due, calendar)
        if n == 0:
            return _("overdue since the last working day")
        return ngettext("overdue by %(n)s working day", "overdue by %(n)s working days", n) % {"n": n}
    n = days_left(today, due, calendar)
    if n == 0:
        return _("due today") if today == due.on or today == calendar.on_or_before(due.on) else _("due by today")
    return ngettext("%(n)s working day left", "%(n)s working days left", n) % {"n": n}


def slip(days: int) -> str:
    """“13 working days later”, “2 working days earlier”, “as due”."""
    if days == 0:
        return _("on the same working day")
    if days > 0:
        return ngettext("%(n)s working day later", "%(n)s working days later", days) % {"n": days}
    return ngettext("%(n)s working day earlier", "%(n)s working days earlier", -days) % {"n": -days}


def by(label: str, via: str) -> str:
    """“金贸处 联络员 · 网页”."""
    return " · ".join(dict.fromkeys((who(label), way_in(via))))


def way_in(via: str) -> str:
    return str(Via(via).label) if via in Via.values else via


def step(version: StepVersion, occurrence: int) -> str:
    """“30 working days before the deadline”, “on the deadline”, “every 3 working days overdue, no. 2”."""
    return rung(
        version.anchor, version.offset, occurrence, working=version.unit == DayUnit.WORKING, repeats=version.repeats
    )


def rung(anchor: str, offset: int, occurrence: int, *, working: bool, repeats: bool) -> str:
    words = {"n": offset, "no": occurrence}
    match anchor:
        case Anchor.ON_DUE:
            return _("on the deadline day")
        case Anchor.BEFORE_DUE if working:
            return ngettext("%(n)s working day before", "%(n)s working days before", offset) % words
        case Anchor.BEFORE_DUE:
            return ngettext("%(n)s day before", "%(n)s days before", offset) % words
        case Anchor.PACE_CHECK:
            return _("pace check before the quarter's end")
        case Anchor.BEHIND_PACE:
            return str(Anchor.BEHIND_PACE.label)
        case _after if repeats:
            return _("overdue, reminder no. %(no)s") % words
        case _after if working:
            return ngettext("%(n)s working day overdue", "%(n)s working days overdue", offset) % words
        case _after:
            return ngettext("%(n)s day overdue", "%(n)s days overdue", offset) % words


def short(value: FuzzyDate | None, year: int) -> str:
    return wording.period(value, year=year) if value else _("none")
