"""How do milestones, ladders, people and the ledger come out of the database for decisions? A few queries a chunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import F

from milestones import access
from milestones.models import (
    ASKING_ANCHORS,
    Delegation,
    Notice,
    NoticeState,
    Organisation,
    Person,
    PlanState,
    Reminder,
    ReminderPolicy,
    StepVersion,
    Watch,
)
from milestones.models.milestones import MilestoneQuerySet

from .decisions import Look, Row
from .recipients import NO_UNIT, WATCHERS, Reader, Recipient, Standing, Unit, recipients, wanted
from .rules import Deadline, Step

READER = ("id", "is_active", "time_zone", "digest_muted", "muted_steps", "bouncing_since")
UNIT = ("id", "parent_id", "coordinator_id", "head_id", "supervising_leader_id", "webhook__is_active")
Since = tuple[Reader, datetime]


@dataclass(frozen=True)
class Surroundings:
    """What every look shares: each policy's ladder, the default one, and the office, each with since when."""

    ladders: dict[Any, tuple[Step, ...]]
    default: Any
    office: tuple[Since, ...]

    def ladder(self, *policies: Any) -> tuple[Step, ...]:
        """Milestone, workstream, plan, default: the first that names a policy."""
        chosen = next((policy for policy in policies if policy is not None), self.default)
        return self.ladders.get(chosen, ())

    @property
    def speaks_to_watchers(self) -> bool:
        return any(WATCHERS in wanted(steps) for steps in self.ladders.values())

    @property
    def stops_when_answered(self) -> bool:
        return any(step.stops_when_answered for steps in self.ladders.values() for step in steps)


class _Found(NamedTuple):
    """A milestone as it is stored; in the order of COLUMNS."""

    id: Any
    code: str
    state: str
    due_on: date
    due_precision: str
    forecast_on: date | None
    forecast_precision: str | None
    behind_since: date | None
    due_version: int
    reminded_since: datetime
    plan_state: str
    plan_zone: str
    plan_start: date
    policy: Any
    policy_of_workstream: Any
    policy_of_plan: Any
    accountable: Any
    lead: Any


COLUMNS = (
    *_Found._fields[:10],
    "plan__state",
    "plan__time_zone",
    "plan__starts_on",
    "policy_id",
    "workstream__policy_id",
    "plan__policy_id",
    "accountable_id",
    "lead_id",
)


@dataclass(frozen=True)
class _Near:
    """What hangs on the milestones of one chunk. It is read after they were taken: whatever changes it (a coordinator,
    a delegation, an address that returns mail) wakes them in its own transaction, so the sweep that takes them sees it.
    """

    units: Mapping[Any, Unit]
    readers: Mapping[Any, Reader]
    standing: Mapping[Any, tuple[Standing, ...]]
    watchers: Mapping[Any, tuple[Since, ...]]
    answered: Collection[Any]


def surroundings() -> Surroundings:
    ladders: dict[Any, list[Step]] = defaultdict(list)
    rungs = StepVersion.objects.exclude(anchor__in=ASKING_ANCHORS).select_related("step")
    for version in rungs.order_by("step__policy", "step__code", "number"):
        ladders[version.step.policy_id].append(step_of(version))
    default = ReminderPolicy.objects.filter(is_default=True).values_list("pk", flat=True).first()
    return Surroundings({policy: tuple(steps) for policy, steps in ladders.items()}, default, _office())


def looks(milestones: MilestoneQuerySet, around: Surroundings, day: date) -> list[Look]:
    """As on `day`."""
    rows = [_Found._make(row) for row in milestones.values_list(*COLUMNS)]
    near = _near(rows, around, day)
    return [_look(row, around, near) for row in rows]


def ledger(milestones: Iterable[Any]) -> dict[Any, list[Row]]:
    """The rows of these milestones, by milestone."""
    found: dict[Any, list[Row]] = defaultdict(list)
    columns = ("milestone_id", "id", "step_id", "occurrence", "recipient_id", "due_version", "state", "day", "channel")
    rows = Reminder.objects.filter(milestone__id__any_of=list(milestones)).order_by()
    for milestone, *row in rows.values_list(*columns):
        found[milestone].append(Row(*row))
    return found


def step_of(version: StepVersion) -> Step:
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
        most=version.most,
        level=version.level,
        audience=frozenset(version.audience),
        channels=frozenset(version.channels),
        stops_when_answered=version.stops_when_answered,
        digestible=version.digestible,
    )


def readers(people: Iterable[Any]) -> dict[Any, Reader]:
    """By id."""
    rows = Person.objects.filter(pk__any_of=list(people)).order_by().values_list(*READER)
    return {row[0]: _reader(*row) for row in rows}


def _near(rows: Sequence[_Found], around: Surroundings, day: date) -> _Near:
    ids = [row.id for row in rows]
    units = _units({row.lead for row in rows} - {None})
    delegations = _delegations(day - timedelta(days=1))  # it may still be yesterday where a plan is
    watches = _watches(ids) if around.speaks_to_watchers else []
    people = {row.accountable for row in rows} - {None}
    people |= {person for unit in units.values() for person in unit[:3] if person is not None}
    people |= {deputy for _person, deputy, *_rest in delegations} | {person for _one, person, _since in watches}
    known = readers(people) if people else {}
    return _Near(
        units={pk: _unit(unit, known) for pk, unit in units.items()},
        readers=known,
        standing=_standing(delegations, known),
        watchers=_watchers(watches, known),
        answered=_answered(ids) if around.stops_when_answered else (),
    )


def _office() -> tuple[Since, ...]:
    rows = access.office().values_list("office_since", *READER)
    return tuple((_reader(*reader), since) for since, *reader in rows)


def _units(wanted_ids: Collection[Any]) -> dict[Any, tuple[Any, ...]]:
    """(coordinator, head, supervising leader, has a webhook) of each; the leader may be one further up."""
    rows: dict[Any, tuple[Any, ...]] = {}
    missing = set(wanted_ids)
    while missing:
        found = Organisation.objects.filter(pk__any_of=list(missing)).order_by().values_list(*UNIT)
        rows |= {pk: rest for pk, *rest in found}
        missing = {rows[pk][0] for pk in missing if pk in rows and rows[pk][3] is None} - set(rows) - {None}
    return {pk: (rows[pk][1], rows[pk][2], _supervisor(pk, rows), bool(rows[pk][4])) for pk in wanted_ids if pk in rows}


def _supervisor(pk: Any, rows: Mapping[Any, Sequence[Any]]) -> Any:
    seen: set[Any] = set()
    while pk is not None and pk in rows and pk not in seen:
        seen.add(pk)
        parent, _coordinator, _head, leader, _webhook = rows[pk]
        if leader is not None:
            return leader
        pk = parent
    return None


def _unit(ids: Sequence[Any], known: Mapping[Any, Reader]) -> Unit:
    coordinator, head, leader, has_webhook = ids
    return Unit(known.get(coordinator), known.get(head), known.get(leader), has_webhook)


def _delegations(day: date) -> list[tuple[Any, ...]]:
    """Those on `day` or later."""
    rows = Delegation.objects.filter(ends_on__gte=day).order_by("starts_on", "id")
    return list(rows.values_list("person_id", "deputy_id", "starts_on", "ends_on", "updated_at"))


def _standing(rows: Iterable[Sequence[Any]], known: Mapping[Any, Reader]) -> dict[Any, tuple[Standing, ...]]:
    """By the person who is away."""
    found: dict[Any, list[Standing]] = defaultdict(list)
    for person, deputy, first, last, since in rows:
        found[person].append(Standing(person, known[deputy], first, last, since))
    return {person: tuple(standing) for person, standing in found.items()}


def _watches(milestones: Sequence[Any]) -> list[tuple[Any, Any, datetime]]:
    rows = Watch.objects.filter(milestone__id__any_of=list(milestones)).order_by("created_at", "id")
    return list(rows.values_list("milestone_id", "person_id", "created_at"))


def _watchers(rows: Iterable[tuple[Any, Any, datetime]], known: Mapping[Any, Reader]) -> dict[Any, tuple[Since, ...]]:
    found: dict[Any, list[Since]] = defaultdict(list)
    for milestone, person, since in rows:
        found[milestone].append((known[person], since))
    return {milestone: tuple(people) for milestone, people in found.items()}


def _answered(milestones: Sequence[Any]) -> set[Any]:
    """Those about which a notice was answered since their present deadline counts."""
    replied = Notice.objects.filter(milestone__id__any_of=list(milestones), state=NoticeState.REPLIED)
    still = replied.filter(replied_at__gte=F("milestone__reminded_since"))
    return set(still.order_by().values_list("milestone_id", flat=True))


def _look(row: _Found, around: Surroundings, near: _Near) -> Look:
    steps = around.ladder(row.policy, row.policy_of_workstream, row.policy_of_plan)
    unit = near.units.get(row.lead, NO_UNIT)
    reminded = recipients(
        near.readers.get(row.accountable), unit, around.office, wanted(steps), near.watchers.get(row.id, ())
    )
    return Look(
        id=row.id,
        code=row.code,
        state=row.state,
        plan_is_active=row.plan_state == PlanState.ACTIVE,
        zone=_zone(row.plan_zone),
        deadline=_deadline(row.due_on, row.due_precision, row.forecast_precision, row.plan_start, row.behind_since),
        due_version=row.due_version,
        since=row.reminded_since,
        steps=steps,
        recipients=reminded,
        standing=_for(reminded, near.standing) if near.standing else (),
        has_webhook=unit.has_webhook,
        answered_until=row.forecast_on if row.id in near.answered else None,
    )


def _for(reminded: tuple[Recipient, ...], standing: Mapping[Any, tuple[Standing, ...]]) -> tuple[Standing, ...]:
    """For those reminded in a role that is theirs alone; of the office and the watchers everybody is anyway."""
    away = (r.reader.id for r in reminded if not all(hat.shared for hat in r.hats))
    return tuple(one for person in away for one in standing.get(person, ()))


@lru_cache(maxsize=4096)
def _deadline(due: Any, precision: str, forecast: str | None, starts_on: Any, behind: date | None) -> Deadline:
    return Deadline(due, precision, forecast, starts_on, behind)


def _reader(
    pk: Any, is_active: bool, zone: str, muted: bool, muted_steps: list[str], bouncing: datetime | None
) -> Reader:
    return Reader(pk, is_active, _zone(zone), muted, frozenset(muted_steps), bouncing)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
