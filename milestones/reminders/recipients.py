"""Who is reminded of a milestone, in which roles, and by which steps? Pure.

A step names its audience. In the owner's place, while nobody is accountable, stands the lead's coordinator, else the
office; the same two get what somebody cannot get who has left or whose address returns mail. Who stands in for one of
those reminded gets a copy on those days, where the step says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .rules import Step

OWNER, DEPUTY, COORDINATOR, HEAD, LEADER, OFFICE, WATCHERS = (
    "owner",
    "deputy",
    "coordinator",
    "head",
    "supervising_leader",
    "office",
    "watchers",
)
# A report of non-delivery may come that long after its mail (RFC 5321, 4.5.4.1: a sender tries for four to five days).
COMES_BACK_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reader:
    """What of a person decides whether and when a reminder reaches them. `bouncing` is since when their address
    returns mail."""

    id: Any
    is_active: bool
    zone: ZoneInfo
    muted: bool = False
    muted_steps: frozenset[str] = frozenset()
    bouncing: datetime | None = None

    @property
    def unreachable(self) -> str:
        """Why no mail reaches them; empty when it does."""
        if not self.is_active:
            return "person_inactive"
        return "bouncing" if self.bouncing is not None else ""


@dataclass(frozen=True, slots=True)
class Hat:
    """In which role somebody hears of a milestone. No step of a day before `since` is caught up for it; None: no such
    bound. `deputising`: in another's stead. `shared`: several have it, nobody stands in for one of them."""

    role: str
    since: datetime | None = None
    deputising: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """`unreachable` marks somebody whom no mail reaches: their rows say why, somebody else gets the mail."""

    reader: Reader
    hats: tuple[Hat, ...] = (Hat(OWNER),)
    unreachable: str = ""

    def hears(self, step: Step) -> bool:
        return any(_speaks_to(step, hat) for hat in self.hats)


@dataclass(frozen=True, slots=True)
class Unit:
    """What of a lead organisation decides who is reminded. `has_webhook`: a second channel leads there."""

    coordinator: Reader | None = None
    head: Reader | None = None
    leader: Reader | None = None
    has_webhook: bool = False


NO_UNIT = Unit()


@dataclass(frozen=True, slots=True)
class Standing:
    """代理: `deputy` stands in for `person` on the days [first, last] of the plan. `since` is when that was said: no
    step of an earlier day is caught up."""

    person: Any
    deputy: Reader
    first: date
    last: date
    since: datetime

    def bounds(self) -> tuple[date, date]:
        """The days on which somebody more, and somebody less, is reminded."""
        return self.first, self.last + timedelta(days=1)


@lru_cache(maxsize=10_000)
def recipients(
    accountable: Reader | None,
    unit: Unit,
    office: tuple[tuple[Reader, datetime], ...],
    wanted: frozenset[str],
    watchers: tuple[tuple[Reader, datetime], ...] = (),
) -> tuple[Recipient, ...]:
    """Everybody whom steps with these audiences reach, each once with all roles. `office` and `watchers` come with the
    moment since which they are that: what was before is not caught up."""
    found = _Found(unit, office)
    if OWNER in wanted:
        found.add(OWNER, accountable) if accountable is not None else found.add_instead(OWNER, None)
    for role, person in ((COORDINATOR, unit.coordinator), (HEAD, unit.head), (LEADER, unit.leader)):
        if role in wanted and person is not None:
            found.add(role, person)
    for role, several in ((OFFICE, office), (WATCHERS, watchers)):
        if role in wanted:
            for person, since in several:
                found.put(person, Hat(role, since, shared=True), person.unreachable)
    return found.all()


class _Found:
    """Those found so far, in the order in which they were."""

    def __init__(self, unit: Unit, office: tuple[tuple[Reader, datetime], ...]) -> None:
        self.unit, self.office = unit, office
        self.hats: dict[Reader, list[Hat]] = {}

    def all(self) -> tuple[Recipient, ...]:
        return tuple(Recipient(reader, tuple(hats), reader.unreachable) for reader, hats in self.hats.items())

    def put(self, reader: Reader, hat: Hat, unreachable: str = "") -> None:
        self.hats.setdefault(reader, []).append(hat)

    def add(self, role: str, person: Reader) -> None:
        """`person` in this role and, when no mail reaches them, who gets it instead."""
        self.put(person, Hat(role))
        if person.unreachable:
            self.add_instead(role, person)

    def add_instead(self, role: str, missing: Reader | None) -> None:
        since = missing.bouncing - COMES_BACK_WITHIN if missing is not None and missing.bouncing is not None else None
        coordinator = self.unit.coordinator
        if coordinator is not None and not coordinator.unreachable:
            self.put(coordinator, Hat(role, since))
            return
        for person, joined in self.office:
            if not person.unreachable:
                self.put(person, Hat(role, joined if since is None else max(joined, since), shared=True))


def with_deputies(
    reminded: tuple[Recipient, ...], standing: Iterable[Standing], day: date, zone: ZoneInfo
) -> tuple[Recipient, ...]:
    """`reminded` and who stands in for one of them on `day` of the plan, in the same roles."""
    hats = {recipient.reader.id: recipient for recipient in reminded}
    for person, deputy, since in _running(standing, day, zone):
        stood_in_for = hats.get(person)
        if stood_in_for is None or deputy.unreachable:
            continue
        added = tuple(
            Hat(hat.role, since, deputising=True) for hat in stood_in_for.hats if not hat.shared and not hat.deputising
        )
        known = hats.get(deputy.id, Recipient(deputy, ()))
        if added:
            hats[deputy.id] = Recipient(deputy, (*known.hats, *added))
    return tuple(hats.values())


def _running(standing: Iterable[Standing], day: date, zone: ZoneInfo) -> Iterator[tuple[Any, Reader, datetime]]:
    for one in standing:
        if one.first <= day <= one.last:
            yield one.person, one.deputy, max(one.since, datetime.combine(one.first, time(), zone))


@lru_cache(maxsize=10_000)
def heard(
    hats: tuple[Hat, ...], steps: tuple[Step, ...], channel: str
) -> tuple[tuple[datetime | None, tuple[Step, ...]], ...]:
    """The steps that speak to somebody with these hats over `channel`, by the moment since which they count for them:
    of several hats the one that reaches furthest back."""
    groups: dict[datetime | None, list[Step]] = {}
    for step in steps:
        if channel not in step.channels:
            continue
        bounds = [hat.since for hat in hats if _speaks_to(step, hat)]
        if bounds:
            since = None if None in bounds else min(bound for bound in bounds if bound is not None)
            groups.setdefault(since, []).append(step)
    return tuple((since, tuple(some)) for since, some in groups.items())


@lru_cache(maxsize=1_000)
def wanted(steps: tuple[Step, ...]) -> frozenset[str]:
    """The roles to which any of these steps speaks."""
    return frozenset().union(*(step.audience for step in steps)) if steps else frozenset()


@lru_cache(maxsize=1_000)
def channels(steps: tuple[Step, ...]) -> frozenset[str]:
    """The channels over which any of these steps goes."""
    return frozenset().union(*(step.channels for step in steps)) if steps else frozenset()


def _speaks_to(step: Step, hat: Hat) -> bool:
    return hat.role in step.audience and (not hat.deputising or DEPUTY in step.audience)
