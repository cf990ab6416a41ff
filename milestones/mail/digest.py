"""What stands in a digest? Items by urgency, at most thirty of them, in the recipient's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import links, wording
from milestones.models import Health, MailKind, OutgoingMail, Person
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate, Precision

from .digest_shapes import Shape, body
from .render import fill, milestone_url, rendered, subject

SHOWN = 30
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


class Item(NamedTuple):
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
        told = _told(items, mail.day, days, mail.language)
        if mail.kind == MailKind.SINGLE:
            fill(mail, str(mail.kind), _alone(items[0], told, mail.day, days) | {"person": person})
        else:
            _fill(mail, person, told, days)


@dataclass(frozen=True, slots=True)
class _Told:
    """Everything is counted, only what is shown is worded: `lines`, by the group they are in, the most urgent first."""

    counts: tuple[int, ...]  # in the order of ORDER
    lines: list[tuple[str, dict[str, str]]]
    stood_in: int
    why: str

    @property
    def more(self) -> int:
        return sum(self.counts) - len(self.lines)


def _told(items: list[Item], today: date, days: Calendar, language: str) -> _Told:
    placed = sorted(((*place(item.anchor, item.due_on, today, days), item) for item in items), key=_urgency)
    counts = Counter(group for group, _count, _item in placed)
    return _Told(
        counts=tuple(counts[group] for group in ORDER),
        lines=[(group, _line(item, group, count, language)) for group, count, item in placed[:SHOWN]],
        stood_in=sum(1 for item in items if item.stands_in_for),
        why=_why(frozenset((item.hat, item.stands_in_for) for item in items), language),
    )


def _alone(item: Item, told: _Told, today: date, days: Calendar) -> dict[str, Any]:
    """What the templates of a reminder in a mail of its own say."""
    _group, line = told.lines[0]
    return {
        "day_text": wording.day(today),
        "is_working": days.is_workday(today),
        "groups": [{"items": [line | {"sign_url": links.placeholder("sign", item.milestone)}]}],
        "stood_in": told.stood_in,
        "why": told.why,
    }


def _fill(mail: OutgoingMail, person: Person, told: _Told, days: Calendar) -> None:
    """In the mail's language, which is the active one."""
    assert mail.day is not None
    kind, language = str(mail.kind), mail.language
    groups = tuple(group for group in ORDER if any(group == one for one, _line in told.lines))
    mail.subject = _subject(kind, language, mail.day, told.counts, told.stood_in)
    words = {
        "subject": mail.subject,
        "name": person.display_name,
        "counts_text": _counted(language, told.counts),
        "day_text": wording.day(mail.day),
        "more_text": ngettext("And %(n)s more", "And %(n)s more", told.more) % {"n": told.more},
        "more_line": ngettext("And %(n)s more:", "And %(n)s more:", told.more) % {"n": told.more},
        "why": told.why,
    }
    shape = Shape(kind, language, settings.BASE_URL, groups, days.is_workday(mail.day), told.more > 0)
    text, mail.html = body(shape, words, told.lines)
    mail.text = text.strip() + "\n"


# Both in `language`, which is the active one: few numbers stand in many a mail.
@lru_cache(maxsize=1000)
def _subject(kind: str, language: str, today: date, counts: tuple[int, ...], stood_in: int) -> str:
    context = {"day": today, "counts": _by_name(counts), "total": sum(counts), "stood_in": stood_in, "lang": language}
    return subject(f"{kind}-subject.txt", context)


@lru_cache(maxsize=1000)
def _counted(language: str, counts: tuple[int, ...]) -> str:
    return rendered("counts.txt", {"counts": _by_name(counts), "lang": language})


def _by_name(counts: Sequence[int]) -> dict[str, int]:
    return dict(zip(("overdue", "due_today", "due_soon", "pace"), counts, strict=True))


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


def _line(item: Item, group: str, count: int, language: str) -> dict[str, str]:
    _due, words = said(group, item.due_on, item.due_precision, item.plan_year, count, language)
    line = words
    if item.stands_in_for:
        line = _("%(line)s (you stand in for %(name)s)") % {"line": line, "name": item.stands_in_for}
    if item.instead_of:
        line = _("%(line)s (no mail reaches %(name)s)") % {"line": line, "name": item.instead_of}
    asks = item.acts and group in ("overdue", "today")  # for more time, when there is none left
    return {
        "code": item.code,
        "title": item.title_en if language == "en" and item.title_en else item.title,
        "url": milestone_url(item.plan_code, item.code),
        "said": words,
        "line": line,
        "health": item.health if item.health in MARKS else "",
        "mark": _mark(item.health, language),
        "report_url": links.placeholder("report", item.milestone) if item.acts else "",
        "extension_url": links.placeholder("extension", item.milestone) if asks else "",
        "button": "go main" if group == "overdue" else "go",
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
