"""How does a recurring job say that it did its work?"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Q

from milestones.models import Heartbeat

WRONG_CLOCK = timedelta(hours=1)


def beat(name: str, now: datetime, *, day: date | None = None, note: str = "") -> None:
    """Note that job `name` did its work at `now`; a later instant is never replaced by an earlier one, unless a clock
    that was wrong wrote it: nothing else puts a row without a day that far ahead."""
    Heartbeat.objects.get_or_create(name=name, defaults={"at": now, "day": day, "note": note})
    not_later = Q(at__lte=now) | Q(at__gt=now + WRONG_CLOCK, day__isnull=True)
    Heartbeat.objects.filter(not_later, name=name).update(at=now, day=day, note=note)
