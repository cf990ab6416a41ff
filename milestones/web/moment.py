"""What time is it for this request, and which days are worked?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from milestones.planning.calendars import calendar
from milestones.workdays import Calendar


@dataclass(frozen=True)
class Moment:
    """One reading of the clock a request: everything on a page speaks of the same instant."""

    now: datetime
    calendar: Calendar

    def today(self, zone: ZoneInfo | None = None) -> date:
        """The calendar day in `zone`, by default the installation's."""
        return self.now.astimezone(zone or timezone.get_default_timezone()).date()


def moment(request: HttpRequest) -> Moment:
    found: Moment | None = getattr(request, "_moment", None)
    if found is None:
        found = Moment(timezone.now(), calendar())
        request._moment = found  # type: ignore[attr-defined]  # kept for the rest of this request
    return found
