"""What stands in a digest? Items by urgency, at most thirty of them, in the recipient's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import links, wording
from milestones.models import Health, MailKind, OutgoingMail, Person
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

from .render import fill, milestone_url
from .rows import row

SHOWN = 30
ROW = ("code", "title", "url", "line", "health", "mark", "report_url", "extension_url", "button")
ORDER = ("overdue", "today", "soon", "pace")
HATS = {
    "owner": gettext_lazy("you are accountable for what it lists"),
    "coordinator": gettext_lazy("you are the coordinator of the unit that leads it"),
    "deputy": gettext_lazy("you stand in for %(name)s"),
    "head": gettext_lazy("you head the unit that leads it"),
    "office": gettext_lazy("you are of the supervision office"),
    "other": gettext_lazy("you supervise it or watch it"),
}
MARKS = {"green": "●", "yellow": "▲", "red": "■"}


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
    digestible: bool = True
    health: str | None = None
    stands_in_for: str = ""  # the name of who is away, when it is not the recipient's own
    instead_of: str = ""  # the name of whom no mail reaches, when the recipient gets it for that
    hat: str = "owner"  # as whom they hear of it: one of HATS
    acts: bool = True  # whether it is the recipient's to report on it and to ask for more time


def digest(kind: str, person: Person, items: list[Item], today: date, days: Calendar, *, now: datetime) -> OutgoingMail:
    """The unsaved digest (or due-today mail) of these items, as read on `today`."""
    mail = OutgoingMail(
        kind=kind, recipient=person, to=person.email, language=person.language, day=today, due_at=now, created_at=now
    )
    if kind == MailKind.SINGLE:
        mail.milestone_id = items[0].milestone
    write(mail, person, items, days)
    return mail


def write(mail: OutgoingMail, person: Person, items: list[Item], days: Calendar) -> None:
    """Render the items into the mail's subject, text and HTML; again when some dropped out before it left."""
    assert mail.day is not None  # a constraint holds that a digest has one
    with translation.override(mail.language):
        context = _context(items, mail.day, days, mail.language)
    fill(mail, str(mail.kind), context | {"person": person})


def _context(items: list[Item], today: date, days: Calendar, language: str) -> dict[str, Any]:
    """Everything is counted, only what is shown is worded."""
    placed = sorted(((*place(item.anchor, item.due_on, today, days), item) for item in items), key=_urgency)
    counts = Counter(group for group, _count, _item in placed)
    lines = [(group, _line(item, group, count, language)) for group, count, item in placed[:SHOWN]]
    groups = [{"key": key, "items": [line for group, line in lines if group == key]} for key in ORDER]
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
        "more": len(placed) - len(lines),
        "more_url": f"{settings.BASE_URL}/",
        "total": len(placed),
        "stood_in": sum(1 for item in items if item.stands_in_for),
        "why": _why(frozenset((item.hat, item.stands_in_for) for item in items), language),
    }


def _urgency(placed: tuple[str, int, Item]) -> tuple[Any, ...]:
    group, _count, item = placed
    return (ORDER.index(group), item.due_on, item.code)


@lru_cache(maxsize=10_000)
def place(anchor: str, due_on: date, today: date, days: Calendar) -> tuple[str, int]:
    """Where an item stands today, and how many working days are left or over."""
    deadline = days.on_or_before(due_on)
    if today > due_on:
        return "overdue", days.count(due_on, today)
    if today >= deadline:
        return "today", 0
    return "pace" if anchor == "pace_check" else "soon", days.count(today, deadline)


def _line(item: Item, group: str, count: int, language: str) -> dict[str, Any]:
    due, words = said(group, item.due_on, item.due_precision, item.plan_year, count, language)
    line = words
    if item.stands_in_for:
        line = _("%(line)s (you stand in for %(name)s)") % {"line": line, "name": item.stands_in_for}
    if item.instead_of:
        line = _("%(line)s (no mail reaches %(name)s)") % {"line": line, "name": item.instead_of}
    shown = {
        "code": item.code,
        "title": item.title_en if language == "en" and item.title_en else item.title,
        "title_en": item.title_en,
        "url": milestone_url(item.plan_code, item.code),
        "due_text": due,
        "working_days": count,
        "step": item.step,
        "said": words,
        "line": line,
        "health": item.health if item.health in MARKS else "",
        "mark": _mark(item.health, language),
        **_links(item, group),
    }
    words_of_row = {name: str(shown[name]) for name in ROW}
    return {
        **shown,
        "row_html": row("digest-row.html", language, words_of_row),
        "row_text": row("digest-row.txt", language, words_of_row),
    }


@lru_cache(maxsize=32)
def _mark(health: str | None, language: str) -> str:
    """Shape and word, in `language`, which is the active one."""
    return f"{MARKS[health]} {Health(health).label}" if health in MARKS else ""


@lru_cache(maxsize=10_000)
def _why(hats: frozenset[tuple[str, str]], language: str) -> str:
    """As whom the reader gets it, in `language`, which is the active one; `hats` with the names of who is away."""
    said = [HATS[hat] % {"name": name} for hat, name in sorted(hats, key=_rank)]
    return _("Why you get this: %(hats)s.") % {"hats": _("; ").join(said)}


def _rank(hat: tuple[str, str]) -> tuple[int, str]:
    return list(HATS).index(hat[0]), hat[1]


def _links(item: Item, group: str) -> dict[str, str]:
    """What can be done about it from the mail; more time is asked for when there is none left."""
    asks = item.acts and group in ("overdue", "today")
    return {
        "report_url": links.placeholder("report", item.milestone) if item.acts else "",
        "extension_url": links.placeholder("extension", item.milestone) if asks else "",
        "button": "go main" if group == "overdue" else "go",
        "sign_url": links.placeholder("sign", item.milestone),
    }


@lru_cache(maxsize=10_000)
def said(group: str, due_on: date, precision: str, year: int, count: int, language: str) -> tuple[str, str]:
    """The due date and the whole second line, in `language`, which is the active one."""
    due = wording.period_with_day(FuzzyDate(due_on, Precision(precision)), year=year)
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
    return due, text % {"due": due, "n": count}
