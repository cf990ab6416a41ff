"""What does an organisation's channel say of a day? One text for people, and the same by lines for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from milestones.models import Level, Organisation, OutgoingMail
from milestones.workdays.calendar import Calendar

from .digest import ORDER, SHOWN, place, said
from .render import SUBJECT_LIMIT, milestone_url


@dataclass(frozen=True, slots=True)
class Entry:
    """A milestone that the day is about, and how loudly it is spoken of. No person is named: a chat may be another
    company's."""

    reminder: Any
    code: str
    title: str
    title_en: str
    due_on: date
    due_precision: str
    plan_code: str
    plan_year: int
    anchor: str
    level: str


def write(mail: OutgoingMail, organisation: Organisation, entries: Sequence[Entry], days: Calendar) -> None:
    """Say the entries in the mail's subject and text; again when some dropped out before it left."""
    assert mail.day is not None  # a constraint holds that a post has one
    with translation.override(mail.language):
        placed = _placed(entries, mail.day, days)
        shown = _lines(placed, mail.language)
        more = {"more": len(placed) - len(shown), "more_url": f"{settings.BASE_URL}/"}
        title = render_to_string("posts/title.txt", {"organisation": organisation, "counts": _counts(placed)})
        mail.subject = " ".join(title.split())[:SUBJECT_LIMIT]
        mail.text = render_to_string("posts/text.txt", {"title": mail.subject, "items": shown, **more}).strip() + "\n"


def body(mail: OutgoingMail, organisation: Organisation, entries: Sequence[Entry], days: Calendar) -> bytes:
    """The JSON that is posted: the stored text, and its items for whoever would rather lay them out anew."""
    assert mail.day is not None  # a constraint holds that a post has one
    with translation.override(mail.language):
        items = _lines(_placed(entries, mail.day, days), mail.language)
    return message(str(mail.pk), organisation, mail.day, mail.subject, mail.text, items)


def message(
    key: str, organisation: Organisation, day: date, title: str, text: str, items: Sequence[dict[str, str]] = ()
) -> bytes:
    """`key` stays the same however often it is sent: a receiver that remembers it shows nothing twice."""
    told = {"id": key, "organisation": organisation.code, "day": day.isoformat(), "title": title, "text": text}
    return json.dumps({**told, "items": list(items)}, ensure_ascii=False).encode()


Placed = tuple[str, int, Entry]


def _placed(entries: Sequence[Entry], day: date, days: Calendar) -> list[Placed]:
    """Most urgent first, with where each stands on `day`."""
    placed = [(*place(entry.anchor, entry.due_on, day, days), entry) for entry in entries]
    return sorted(placed, key=lambda one: (ORDER.index(one[0]), one[2].due_on, one[2].plan_code, one[2].code))


def _counts(placed: Sequence[Placed]) -> dict[str, int]:
    counts = Counter(group for group, _count, _entry in placed)
    names = {"overdue": "overdue", "today": "due_today", "soon": "due_soon", "pace": "pace"}
    return {name: counts[group] for group, name in names.items()}


def _lines(placed: Sequence[Placed], language: str) -> list[dict[str, str]]:
    return [_line(group, count, entry, language) for group, count, entry in placed[:SHOWN]]


def _line(group: str, count: int, entry: Entry, language: str) -> dict[str, str]:
    _due, line = said(group, entry.due_on, entry.due_precision, entry.plan_year, count, language)
    return {
        "code": entry.code,
        "title": entry.title_en if language == "en" and entry.title_en else entry.title,
        "url": milestone_url(entry.plan_code, entry.code),
        "line": line,
        "level": str(Level(entry.level).label) if entry.level else "",
    }
