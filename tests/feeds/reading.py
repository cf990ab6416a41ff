"""How does a calendar read a feed? By the library that calendars use, from the page that serves it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import icalendar
import time_machine
from django.test import Client

from milestones.feeds import operations, tokens
from milestones.models import CalendarFeed, Person, Plan
from tests.cast import NOW, acting


def make(person: Person, plan: Plan | None = None) -> CalendarFeed:
    return operations.create(plan=plan, actor=acting(person), now=NOW)


def path(feed: CalendarFeed) -> str:
    return f"/feeds/{tokens.sign(feed)}.ics"


def fetch(feed: CalendarFeed, at: datetime = NOW, having: str = "") -> Any:
    """`having` is the entity tag of what the calendar has already."""
    with time_machine.travel(at, tick=False):
        return Client(headers={"if-none-match": having} if having else None).get(path(feed))


def written(feed: CalendarFeed, at: datetime = NOW) -> bytes:
    answer = fetch(feed, at)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def calendar(feed: CalendarFeed, at: datetime = NOW) -> Any:
    return icalendar.Calendar.from_ical(written(feed, at))


def events(feed: CalendarFeed, at: datetime = NOW) -> dict[str, Any]:
    """By the milestone's code, which its description begins with."""
    return {str(event["description"]).split(" ")[0]: event for event in calendar(feed, at).walk("VEVENT")}


def days(event: Any) -> tuple[date, date]:
    """First day, and the day after the last."""
    return event["dtstart"].dt, event["dtend"].dt
