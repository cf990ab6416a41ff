"""How do milestones, ladders, people and the ledger come out of the database for decisions? A few queries a chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from milestones import access
from milestones.models import ASKING_ANCHORS, Delegation, PlanState, Reminder, ReminderPolicy, StepVersion
from milestones.models.milestones import MilestoneQuerySet

from .decisions import Look, Row
from .recipients import Reader, Recipient, Standing, recipients
from .rules import Deadline, Step

READER = ("id", "is_active", "time_zone", "digest_muted")
COLUMNS = (
    "id",
    "code",
    "state",
    "due_on",
    "due_precision",
    "forecast_precision",
    "due_version",
    "reminded_since",
    "plan__state",
    "plan__time_zone",
    "plan__starts_on",
    "policy_id",
    "workstream__policy_id",
    "plan__policy_id",
    *(f"accountable__{name}" for name in READER),
    *(f"lead__coordinator__{name}" for name in READER),
)
FIRST_READER = COLUMNS.index("accountable__id")


@dataclass(frozen=True)
class Surroundings:
    """What every look shares: each policy's ladder, the default one, and the office."""

    ladders: dict[Any, tuple[Step, ...]]
    default: Any
    office: tuple[Recipient, ...]

    def ladder(self, *policies: Any) -> tuple[Step, ...]:
        """Milestone, workstream, plan, default: the first that names a policy."""
        chosen = next((policy for policy in policies if policy is not None), self.default)
        return self.ladders.get(chosen, ())


def surroundings() -> Surroundings:
    ladders: dict[Any, list[Step]] = defaultdict(list)
    rungs = StepVersion.objects.exclude(anchor__in=ASKING_ANCHORS).select_related("step")
    for version in rungs.order_by("step__policy", "step__code", "number"):
        ladders[version.step.policy_id].append(_step(version))
    default = ReminderPolicy.objects.filter(is_default=True).values_list("pk", flat=True).first()
    return Surroundings({policy: tuple(steps) for policy, steps in ladders.items()}, default, _office())


def looks(milestones: MilestoneQuerySet, around: Surroundings, day: date) -> list[Look]:
    """As on `day`. Who stands in is read here and not with the surroundings: a delegation wakes the milestones in its
    transaction, so whoever has taken them sees it."""
    standing = _standing(day - timedelta(days=1))  # it may still be yesterday where a plan is
    return [_look(row, around, standing) for row in milestones.values_list(*COLUMNS)]


def ledger(milestones: Iterable[Any]) -> dict[Any, list[Row]]:
    """The rows of these milestones, by milestone."""
    found: dict[Any, list[Row]] = defaultdict(list)
    columns = ("milestone_id", "id", "step_id", "occurrence", "recipient_id", "due_version", "state", "day")
    for milestone, *row in _reminders(milestones).values_list(*columns):
        found[milestone].append(Row(*row))
    return found


def _reminders(milestones: Iterable[Any]) -> QuerySet[Reminder]:
    return Reminder.objects.filter(milestone__id__any_of=list(milestones)).order_by()


def _step(version: StepVersion) -> Step:
    return Step(
        version=version.pk,
        step=version.step_id,
        code=version.step.code,
        anchor=version.anchor,
        offset=version.offset,
        working=version.unit == "working",
        repeats=version.repeats,
        effective_from=version.effective_from,
        effective_until=version.effective_until,
    )


def _office() -> tuple[Recipient, ...]:
    rows = access.office().values_list("office_since", *READER)
    return tuple(Recipient(_reader(*reader), since) for since, *reader in rows)


def _standing(day: date) -> dict[Any, tuple[Standing, ...]]:
    """Those on `day` or later, by the person who is away."""
    found: dict[Any, list[Standing]] = defaultdict(list)
    columns = ("person_id", "starts_on", "ends_on", "updated_at", *(f"deputy__{name}" for name in READER))
    rows = Delegation.objects.filter(ends_on__gte=day).order_by("starts_on", "id").values_list(*columns)
    for person, first, last, since, *deputy in rows:
        found[person].append(Standing(person, _reader(*deputy), first, last, since))
    return {person: tuple(standing) for person, standing in found.items()}


def _look(row: Sequence[Any], around: Surroundings, standing: dict[Any, tuple[Standing, ...]]) -> Look:
    (pk, code, state, due, precision, forecast, version, since, plan_state, zone, starts_on, *rest) = row
    policies = rest[:3]
    accountable, coordinator = row[FIRST_READER : FIRST_READER + 4], row[FIRST_READER + 4 :]
    speaker = Recipient(_reader(*coordinator)) if coordinator[0] is not None else None
    reminded = recipients(_reader(*accountable) if accountable[0] is not None else None, speaker, around.office)
    return Look(
        id=pk,
        code=code,
        state=state,
        plan_is_active=plan_state == PlanState.ACTIVE,
        zone=_zone(zone),
        deadline=_deadline(due, precision, forecast, starts_on),
        due_version=version,
        since=since,
        steps=around.ladder(*policies),
        recipients=reminded,
        standing=_for(reminded, standing) if standing else (),
    )


def _for(reminded: tuple[Recipient, ...], standing: dict[Any, tuple[Standing, ...]]) -> tuple[Standing, ...]:
    """For the accountable person or the coordinator; of the office everybody is reminded anyway."""
    away = (r.reader.id for r in reminded if not r.left and r.since is None)
    return tuple(one for person in away for one in standing.get(person, ()))


@lru_cache(maxsize=4096)
def _deadline(due: Any, precision: str, forecast: str | None, starts_on: Any) -> Deadline:
    return Deadline(due, precision, forecast, starts_on)


@lru_cache(maxsize=4096)
def _reader(pk: Any, is_active: bool, zone: str, muted: bool) -> Reader:
    return Reader(pk, is_active, _zone(zone), muted)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
