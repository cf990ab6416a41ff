"""What must hold when a crowd is gone, however it went?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Q

from milestones.changes import verifying
from milestones.models import (
    ChangeEntry,
    Delegation,
    Dependency,
    Extension,
    HealthOverride,
    Milestone,
    Notice,
    NoticeNumber,
    Organisation,
    OutgoingMail,
)
from milestones.planning import assessment, proof

from .crowd import Crowd


def wrong(crowd: Crowd, settled: datetime) -> list[str]:
    """Everything that is not as it must be, in words."""
    return [
        *map(str, verifying.faults()),
        *_entries(),
        *_one_entry_an_act(crowd),
        *_numbers(),
        *_half_done(),
        *_circles(),
        *_stand_ins(),
        *_duties(),
        *_health(settled),
        *_mails(),
    ]


def _entries() -> Iterator[str]:
    """The entries of an object count its versions, in the order of their numbers too."""
    rows = ChangeEntry.objects.order_by("seq").values_list("entity", "object_id", "version", "seq")
    found: dict[Any, list[int]] = {}
    for entity, pk, version, seq in rows:
        if seq is None:
            yield f"{entity} {pk} has an entry without a number"
        found.setdefault((entity, pk), []).append(version)
    for (entity, pk), versions in found.items():
        if versions != list(range(1, len(versions) + 1)) and (entity, versions[:1]) != ("reminderpolicy", [2]):
            yield f"{entity} {pk} has the versions {versions}"


def _one_entry_an_act(crowd: Crowd) -> Iterator[str]:
    """A verb that was done has left an entry, of each object one; a refused one none."""
    entries = Counter(ChangeEntry.objects.filter(at__in=list(crowd.acts)).values_list("at", "object_id"))
    objects = {at for at, _pk in entries}
    for (at, pk), number in entries.items():
        if number > 1:
            yield f"{crowd.acts[at][0]} left {number} entries of {pk}"
    for at, (name, wrote) in crowd.acts.items():
        if wrote and at not in objects:
            yield f"{name} left no entry"
        if wrote is False and at in objects:
            yield f"{name} was refused or had nothing to do, and left an entry"


def _numbers() -> Iterator[str]:
    for row in NoticeNumber.objects.all():
        numbers = list(Notice.objects.filter(year=row.year).order_by("number").values_list("number", flat=True))
        if numbers != list(range(1, row.last + 1)):
            yield f"the notices of {row.year} have the numbers {numbers}"


def _half_done() -> Iterator[str]:
    for milestone in Milestone.objects.filter(state__in=["submitted", "completed"]):
        if not milestone.statement or milestone.submitted_at is None or milestone.actual is None:
            yield f"{milestone} is {milestone.state} without what was stated"
        sorts = map(proof.sort_of, milestone.evidence.standing())
        if milestone.state == "completed" and not proof.suffices(milestone.kind, sorts):
            yield f"{milestone} is completed without evidence"
    for extension in Extension.objects.open().filter(milestone__state__in=["completed", "cancelled"]):
        yield f"{extension} of a closed milestone is open"
    undecided = Q(decided_at__isnull=True) & ~Q(state="requested")
    for extension in Extension.objects.filter(undecided | Q(decided_at__isnull=False, state="requested")):
        yield f"{extension} is {extension.state} at {extension.decided_at}"
    given = HealthOverride.objects.filter(withdrawn_at__isnull=True).order_by("milestone_id", "created_at")
    for one, next_ in pairwise(given):
        if one.milestone_id == next_.milestone_id and next_.created_at.date() < one.until:
            yield f"two overrides of {one.milestone} are in force"


def _circles() -> Iterator[str]:
    onward: dict[Any, set[Any]] = {}
    for before, after in Dependency.objects.values_list("predecessor_id", "successor_id"):
        onward.setdefault(before, set()).add(after)
    reached = {pk: set(ones) for pk, ones in onward.items()}
    for _round in range(len(onward)):
        for pk in reached:
            reached[pk] |= {far for near in reached[pk] for far in onward.get(near, ())}
    yield from (f"{pk} waits for itself" for pk, ones in reached.items() if pk in ones)


def _stand_ins() -> Iterator[str]:
    rows = list(Delegation.objects.order_by("starts_on"))
    for one in rows:
        for other in rows:
            together = one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
            twice = one.pk != other.pk and one.person_id == other.person_id
            if together and (twice or (one.person_id, one.deputy_id) == (other.deputy_id, other.person_id)):
                yield f"{one} and {other} on the same days"


def _duties() -> Iterator[str]:
    open_ones = Milestone.objects.open().in_active_plans()
    yield from (f"{one} answers to nobody active" for one in open_ones.filter(accountable__is_active=False))
    yield from (f"{one} is led by a retired unit" for one in open_ones.filter(lead__is_active=False))
    yield from (f"{one} has a party who left" for one in open_ones.filter(parties__person__is_active=False))
    gone = Q(head__is_active=False) | Q(coordinator__is_active=False) | Q(supervising_leader__is_active=False)
    yield from (f"{one} is spoken for by nobody active" for one in Organisation.objects.active().filter(gone))


def _health(settled: datetime) -> Iterator[str]:
    for milestone in Milestone.objects.select_related("plan"):
        found = assessment.assessed(milestone, now=settled)
        if (milestone.health, milestone.health_reason) != (found.health, found.reason):
            stored = f"{milestone.health} {milestone.health_reason}"
            yield f"{milestone} is stored as {stored}, assessed as {found.health} {found.reason}"
        behind = milestone.plan.is_active and any(reason.code == "behind_pace" for reason in found.reasons)
        if behind != (milestone.behind_since is not None):
            yield f"{milestone} is stored as behind since {milestone.behind_since}, assessed as {found.reasons}"


def _mails() -> Iterator[str]:
    waiting = OutgoingMail.objects.filter(state__in=["sending", "failed"])
    yield from (f"the mail “{mail}” is {mail.state}" for mail in waiting)
