"""Who of many witnesses speaks now? One at a time; one that dies has spoken for at most a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from milestones.models import Heartbeat

# Longer than a look takes: a call outside has a few seconds for each of its steps.
LASTS = timedelta(minutes=1)
NAME = "alarm:lease"  # with a colon: no job's heartbeat


def take(now: datetime, holder: str) -> bool:
    """Whether `holder` has the word from now on. It lies in a row: witnesses may sit on different machines."""
    Heartbeat.objects.get_or_create(name=NAME, defaults={"at": now})
    free = Q(note="") | Q(at__lte=now - LASTS) | Q(at__gt=now + LASTS)  # the last: a clock was wrong
    return Heartbeat.objects.filter(free, name=NAME).update(at=now, note=holder) == 1


def give_back(holder: str) -> None:
    """At once for others to take; a holder that does not give it back is passed over after LASTS."""
    Heartbeat.objects.filter(name=NAME, note=holder).update(note="")
