"""How is long work asked for, taken by one worker, and taken again when that one dies?

A row is the truth; the broker carries its id. Whoever asks nudges a worker after the commit; a lost nudge costs until
the next look of the schedule.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from milestones.models import Job, JobState, Person

LEASE = timedelta(seconds=120)  # renewed by every step; longer than any single step takes
ATTEMPTS = 3
KEPT = timedelta(days=14)


def ask(kind: str, params: Mapping[str, Any], *, person: Person, now: datetime, total: int | None = None) -> Job:
    """A new job, for `person` and in the language of this request. Start it by `tasks.run_job` after the commit."""
    language = translation.get_language() or person.language
    return Job.objects.create(
        kind=kind, params=dict(params), person=person, language=language, total=total, created_at=now
    )


def claim(pk: uuid.UUID, now: datetime) -> Job | None:
    """The job, now this worker's until its lease ends; None when it is over, another's, or has failed too often."""
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=pk, attempts__lt=ATTEMPTS).update(
        state=JobState.RUNNING, lease_until=now + LEASE, started_at=now, attempts=F("attempts") + 1, done=0
    )
    return Job.objects.select_related("person").get(pk=pk) if taken else None


def look(now: datetime) -> list[uuid.UUID]:
    """Those that nobody runs, oldest first. Ends those whose workers died as often as is tried."""
    dead = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now, attempts__gte=ATTEMPTS)
    dead.update(
        state=JobState.FAILED, message=_("Its worker ended three times; nothing more is tried."), finished_at=now
    )
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    return list(Job.objects.filter(free).order_by("created_at").values_list("pk", flat=True))


def file_of(job: Job) -> Path:
    """Where its bytes lie; not there before it is done, nor after `forget`."""
    return folder() / str(job.pk)


def folder() -> Path:
    found = Path(settings.VAR_DIR) / "jobs"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def forget(now: datetime) -> int:
    """Drops jobs that ended long ago, and their files."""
    old = list(Job.objects.filter(finished_at__lt=now - KEPT)[:1000])
    for job in old:
        file_of(job).unlink(missing_ok=True)
    Job.objects.filter(pk__in=[job.pk for job in old]).delete()
    return len(old)
