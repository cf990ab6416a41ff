"""How is a feed written as RFC 5545 wants it, the same bytes as long as nothing changed?

A due date is a day of its plan, hence a DATE without any time zone: it is that day wherever the calendar is read.
Fields that hold digits are written here; what people typed is escaped and folded by the library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

import icalendar
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar.parser import Contentline

from milestones import wording
from milestones.mail.render import milestone_url
from milestones.models import State
from milestones.workdays.periods import FuzzyDate, Precision

from .entries import Entry

FORM = 1  # raise it when the same rows are written differently: readers then fetch them anew
EVERY = "PT4H"  # how often a calendar should look
CHUNK = 200


@dataclass(frozen=True, slots=True)
class Heading:
    """What the whole calendar is: `title` is empty for a person's own; `time_zone` of its plan, empty for several."""

    language: str
    base_url: str
    title: str = ""
    time_zone: str = ""


def tag(heading: Heading, entries: Sequence[Entry]) -> str:
    """A weak entity tag that changes with whatever is told, without writing it."""
    told = hashlib.sha256(repr((FORM, icalendar.__version__, heading)).encode())
    for entry in entries:
        told.update(repr(entry).encode())
    return f'W/"{told.hexdigest()[:32]}"'


def write(heading: Heading, entries: Sequence[Entry]) -> Iterator[bytes]:
    """The calendar, piece by piece. A piece is worded in one go: whoever takes it may speak another language."""
    with translation.override(heading.language):
        piece = _lines(_head(heading))
    yield piece
    host = urlsplit(heading.base_url).hostname or "localhost"
    for start in range(0, len(entries), CHUNK):
        with translation.override(heading.language):
            piece = b"".join(_lines(_event(entry, host)) for entry in entries[start : start + CHUNK])
        yield piece
    yield _lines([b"END:VCALENDAR"])


def _head(heading: Heading) -> Iterator[bytes]:
    name = heading.title or _("Lingang milestones")
    yield from (b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//Lingang milestones//EN", b"CALSCALE:GREGORIAN")
    yield b"METHOD:PUBLISH"
    yield _text("NAME", name)  # RFC 7986; the X- names are what calendars knew before it
    yield _text("X-WR-CALNAME", name)
    if heading.time_zone:
        yield _text("X-WR-TIMEZONE", heading.time_zone)
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{EVERY}".encode()
    yield f"X-PUBLISHED-TTL:{EVERY}".encode()


def _event(entry: Entry, host: str) -> Iterator[bytes]:
    changed = _instant(entry.updated_at)
    yield b"BEGIN:VEVENT"
    yield f"UID:{entry.id}@{host}".encode()
    yield f"SEQUENCE:{entry.version}".encode()
    yield b"DTSTAMP:" + changed
    yield b"LAST-MODIFIED:" + changed
    yield f"DTSTART;VALUE=DATE:{entry.due_on:%Y%m%d}".encode()
    yield f"DTEND;VALUE=DATE:{entry.due_on + timedelta(days=1):%Y%m%d}".encode()  # exclusive
    yield _text("SUMMARY", summary(entry))
    yield _text("DESCRIPTION", description(entry))
    yield bytes(Contentline(f"URL:{milestone_url(entry.plan_code, entry.code)}").to_ical())
    yield b"STATUS:CANCELLED" if entry.state == State.CANCELLED else b"STATUS:CONFIRMED"
    yield b"TRANSP:TRANSPARENT"  # a deadline takes nobody's time
    yield b"END:VEVENT"


def summary(entry: Entry) -> str:
    """The title; a fuzzy date behind it, so that its day never looks exact; before it what became of it."""
    said = _titled(entry.title, entry.title_en)
    if entry.due_precision != Precision.DAY:
        said = f"{said} · {_due(entry.due_on, entry.due_precision, entry.plan_year, translation.get_language())}"
    if entry.state == State.COMPLETED:
        return f"✓ {said}"
    return _("Cancelled: %(title)s") % {"title": said} if entry.state == State.CANCELLED else said


def description(entry: Entry) -> str:
    lines = [
        f"{entry.code} · {_titled(entry.plan_title, entry.plan_title_en)}",
        _("Due: %(due)s") % {"due": _due(entry.due_on, entry.due_precision, None, translation.get_language())},
        _("Lead: %(unit)s") % {"unit": entry.lead} if entry.lead else "",
        _("State: %(state)s") % {"state": State(entry.state).label},
    ]
    return "\n".join(line for line in lines if line)


@lru_cache(maxsize=4096)
def _due(on: date, precision: str, year: int | None, language: str | None) -> str:
    """In the language that is spoken now, which is `language`: many milestones share a date, and wording is slow."""
    return wording.period_with_day(FuzzyDate(on, Precision(precision)), year=year)


def _titled(own: str, english: str) -> str:
    return english if english and (translation.get_language() or "").startswith("en") else own


def _text(name: str, value: str) -> bytes:
    return bytes(Contentline(f"{name}:{icalendar.vText(value).to_ical().decode()}").to_ical())


def _instant(value: datetime) -> bytes:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}".encode()


def _lines(lines: Iterator[bytes] | Sequence[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)
