"""What does a calendar get that asks for a feed, and has it got that already?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from milestones.models import CalendarFeed

from . import entries, ical, tokens


@dataclass(frozen=True)
class Served:
    """`tag` is there at once; the bytes are written as they are taken, and ask the database for nothing."""

    feed: CalendarFeed
    heading: ical.Heading
    entries: list[entries.Entry]

    @property
    def language(self) -> str:
        return self.heading.language

    @property
    def tag(self) -> str:
        return ical.tag(self.heading, self.entries)

    def pieces(self) -> Iterator[bytes]:
        return ical.write(self.heading, self.entries)


def serve(token: str, *, now: datetime) -> Served:
    """Raises FeedUnknown or FeedGone."""
    feed = tokens.read(token)
    return Served(feed, _heading(feed), entries.of(feed, now=now))


def _heading(feed: CalendarFeed) -> ical.Heading:
    language, plan = feed.person.language, feed.plan
    if plan is None:
        return ical.Heading(language, settings.BASE_URL)
    title = plan.title_en if plan.title_en and language.startswith("en") else plan.title
    return ical.Heading(language, settings.BASE_URL, title, plan.time_zone)
