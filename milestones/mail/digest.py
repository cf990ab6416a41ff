"""What stands in a digest? Items by urgency, at most thirty of them, in the recipient's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import wording
from milestones.models import OutgoingMail, Person
from milestones.models.base import fuzzy
from milestones.workdays.calendar import Calendar

from .render import fill, milestone_url

SHOWN = 30
ORDER = ("overdue", "today", "soon", "pace")


@dataclass(frozen=True, slots=True)
class Item:
    """A reminder with what its line says; `day` is the day of its step."""

    reminder: Any
    recipient: Any
    milestone: Any
    code: str
    title: str
    title_en: str
    due_on: date
    due_precision: str
    plan_code: str
    plan_year: int
    anchor: str
    step: str
    day: date


def digest(kind: str, person: Person, items: list[Item], today: date, days: Calendar, *, now: datetime) -> OutgoingMail:
    """The unsaved digest (or due-today mail) of these items, as read on `today`."""
    mail = OutgoingMail(
        kind=kind, recipient=person, to=person.email, language=person.language, day=today, due_at=now, created_at=now
    )
    write(mail, person, items, days)
    return mail


def write(mail: OutgoingMail, person: Person, items: list[Item], days: Calendar) -> None:
    """Render the items into the mail's subject, text and HTML; again when some dropped out before it left."""
    with translation.override(mail.language):
        context = _context(items, mail.day, days, mail.language)
    fill(mail, str(mail.kind), context | {"person": person})


def _context(items: list[Item], today: Any, days: Calendar, language: str) -> dict[str, Any]:
    lines = sorted((_line(item, today, days, language) for item in items), key=_urgency)
    shown = lines[:SHOWN]
    groups = [{"key": key, "items": [line for line in shown if line["group"] == key]} for key in ORDER]
    counts = {key: sum(line["group"] == key for line in lines) for key in ORDER}
    return {
        "day": today,
        "is_working": days.is_workday(today),
        "counts": {
            "overdue": counts["overdue"],
            "due_today": counts["today"],
            "due_soon": counts["soon"],
            "pace": counts["pace"],
        },
        "groups": [group for group in groups if group["items"]],
        "more": len(lines) - len(shown),
        "more_url": f"{settings.BASE_URL}/",
        "total": len(lines),
    }


def _urgency(line: dict[str, Any]) -> tuple[Any, ...]:
    return (ORDER.index(line["group"]), line["due_on"], line["code"])


def _line(item: Item, today: date, days: Calendar, language: str) -> dict[str, Any]:
    group, count = _group(item, today, days)
    due = wording.period_with_day(fuzzy(item.due_on, item.due_precision), year=item.plan_year)  # type: ignore[arg-type]
    title = item.title_en if language == "en" and item.title_en else item.title
    return {
        "group": group,
        "code": item.code,
        "title": title,
        "title_en": item.title_en,
        "url": milestone_url(item.plan_code, item.code),
        "due_on": item.due_on,
        "due_text": due,
        "working_days": count,
        "step": item.step,
        "line": _said(group, due, count),
        "group_is_overdue": group == "overdue",
    }


def _group(item: Item, today: date, days: Calendar) -> tuple[str, int]:
    """Where the item stands today, and how many working days are left or over."""
    deadline = days.on_or_before(item.due_on)
    if today > item.due_on:
        return "overdue", days.count(item.due_on, today)
    if today >= deadline:
        return "today", 0
    return "pace" if item.anchor == "pace_check" else "soon", days.count(today, deadline)


def _said(group: str, due: str, count: int) -> str:
    match group:
        case "overdue":
            text = ngettext(
                "was due %(due)s, %(n)d working day overdue", "was due %(due)s, %(n)d working days overdue", count
            )
        case "today":
            text = _("due %(due)s, today is the last working day")
        case "soon":
            text = ngettext("due %(due)s, %(n)d working day left", "due %(due)s, %(n)d working days left", count)
        case _pace:
            text = _("due %(due)s; what has moved, and which month or day do you now expect?")
    return text % {"due": due, "n": count}
