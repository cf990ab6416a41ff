"""When does an incident begin and end, and is its alarm posted once, however many witnesses look?

Whoever has something to do takes the lease, looks at the row again, and only then speaks. One that dies in between is
passed over a minute later; one that dies after its call and before its mark makes the next one say it twice: never
does it make anybody say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import structlog
from django.db import IntegrityError, transaction

from milestones.models import Incident

from . import alarm, lease
from .condition import Condition
from .faults import Problem

log = structlog.get_logger(__name__)

ENDING = "…"  # as the answer: its end is being told, and whoever finds it so again knows that nobody finished


def attend(found: Condition, by: str) -> None:
    """Open, tell, follow or close the incident as `found` asks for. `by` says who looked."""
    if not _asks_for_something(found, _open_one()):
        return
    holder = f"{by} {uuid4().hex[:8]}"[-120:]
    if not lease.take(found.now, holder):
        return
    if _attend(found, by):
        lease.give_back(holder)


def problems_of(incident: Incident) -> list[Problem]:
    """Those that it has had, also such as ended before it did."""
    return [Problem.read(stored) for stored in incident.problems]


def _asks_for_something(found: Condition, incident: Incident | None) -> bool:
    if incident is None:
        return bool(found.problems())
    lasting = found.strictly().problems()
    untold = alarm.wanted() and incident.posted_at is None
    return not lasting or untold or _followed(incident.problems, lasting, found.now) != incident.problems


def _attend(found: Condition, by: str) -> bool:
    """With the lease in hand; False when the receiver did not take the words: the lease then keeps others from
    trying until it is due to be tried again."""
    incident = _open_one()
    if incident is None:
        incident = _open(found, by)
    if incident is None:
        return True
    # From here on a start excuses nothing: whoever closes an incident because it has only just come up, reopens it.
    lasting = found.strictly().problems()
    if not lasting:
        return _close(incident, found.now)
    rows = Incident.objects.filter(pk=incident.pk, is_open=True)
    rows.update(problems=_followed(incident.problems, lasting, found.now))
    return incident.posted_at is not None or not alarm.wanted() or _tell(incident, lasting, found.now)


def _open_one() -> Incident | None:
    return Incident.objects.filter(is_open=True).first()


def _open(found: Condition, by: str) -> Incident | None:
    problems = found.problems()
    if not problems:
        return None
    since = min((problem.since for problem in problems if problem.since), default=found.now)
    columns = {"opened_at": since, "problems": [problem.stored() for problem in problems], "seen_by": by[:120]}
    try:
        with transaction.atomic():
            incident = Incident.objects.create(**columns)
    except IntegrityError:  # by one whose lease ran out while it stood still
        return _open_one()
    log.error("incident_opened", faults=[problem.fault.value for problem in problems], since=since.isoformat(), by=by)
    return incident


def _tell(incident: Incident, problems: Sequence[Problem], now: datetime) -> bool:
    answer = alarm.raise_(problems, incident.opened_at, now)
    rows = Incident.objects.filter(pk=incident.pk, posted_at=None)
    rows.update(post_reply=answer.words, **({"posted_at": now} if answer.ok else {}))
    return answer.ok


def _close(incident: Incident, now: datetime) -> bool:
    """Told first, then closed: until the receiver knows, nothing new is an incident of its own for them. Unmarked
    before it is told: were it marked as told after the end was, what comes next would be told by nobody."""
    told = incident.posted_at is not None or incident.post_reply == ENDING
    rows = Incident.objects.filter(pk=incident.pk, is_open=True)
    columns: dict[str, Any] = {}
    if told and alarm.wanted():
        rows.update(posted_at=None, post_reply=ENDING)
        answer = alarm.resolve(problems_of(incident), incident.opened_at, now)
        if not answer.ok:
            return False
        columns = {"posted_at": incident.posted_at or now, "post_reply": answer.words}
    ended = _followed(incident.problems, [], now)
    if rows.update(is_open=False, closed_at=now, problems=ended, **columns):
        log.warning("incident_closed", since=incident.opened_at.isoformat())
    return True


def _followed(stored: list[dict[str, Any]], lasting: Sequence[Problem], now: datetime) -> list[dict[str, Any]]:
    """What there was, with `until` where it ended; what came since; what came back is open again."""
    there = {problem.fault.value: problem for problem in lasting}
    rows = []
    for row in stored:
        bare = {key: value for key, value in row.items() if key != "until"}
        over = {} if row["fault"] in there else {"until": row.get("until") or now.isoformat()}
        rows.append(bare | over)
    known = {row["fault"] for row in stored}
    return rows + [problem.stored() for fault, problem in there.items() if fault not in known]
