"""How does a recurring job say that it did its work?"""

from __future__ import annotations

from datetime import date, datetime

from milestones.models import Heartbeat


def beat(name: str, now: datetime, *, day: date | None = None, note: str = "") -> None:
    """Note that job `name` did its work at `now`; a later instant is never replaced by an earlier one."""
    Heartbeat.objects.get_or_create(name=name, defaults={"at": now, "day": day, "note": note})
    Heartbeat.objects.filter(name=name, at__lte=now).update(at=now, day=day, note=note)
