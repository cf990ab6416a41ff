"""Whom does a step that asks for an answer speak to on a day? Who is in which role around milestones and targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from milestones import access
from milestones.models import Audience, Delegation, Organisation, Person, Watch

from .asking_days import Step

Asked = dict[Person, Person | None]  # who is asked, and in whose stead: None when it is their own
NOBODY_ELSE = (Audience.OFFICE, Audience.WATCHERS)  # several have this role: nobody stands in for one of them


def _everybody(_person: Person, _stead: Person | None = None) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Subject:
    """What of a milestone or a target decides who is asked about it. Of those in the roles `only` nobody is asked who
    does not `fit`, because they could not give the answer; the office is, in their place. `hears` says who may be told
    of it at all, in whose stead."""

    accountable: Any = None
    lead: Any = None
    milestone: Any = None
    only: frozenset[str] = frozenset()
    fits: Callable[[Person], bool] = _everybody
    hears: Callable[[Person, Person | None], bool] = _everybody


class Around:
    """The people around many subjects, on days in [first, last]: the same few queries however many subjects."""

    def __init__(self, subjects: Collection[Subject], wanted: frozenset[str], first: date, last: date) -> None:
        self._delegations = _delegations(first, last)
        self._watching = _watching(subjects) if Audience.WATCHERS in wanted else {}
        self.units = _units({subject.lead for subject in subjects} - {None})
        ids = {subject.accountable for subject in subjects} | {pk for pks in self._watching.values() for pk in pks}
        ids |= {deputy for rows in self._delegations.values() for deputy, *_days in rows}
        ids |= {pk for unit in self.units.values() for pk in _speakers(unit)}
        self._people = _people(ids - {None})
        for unit in self.units.values():
            self._wire(unit)

    @cached_property
    def office(self) -> tuple[Person, ...]:
        people = access.office().prefetch_related("grants")
        return tuple(person for person in people if not unreachable(person))

    def asked(self, subject: Subject, step: Step, day: date) -> Asked:
        """Whom the step asks on `day`; not who does not want this step."""
        found = self.addressed(subject, step.audience, day)
        return {person: stead for person, stead in found.items() if step.code not in person.muted_steps}

    def addressed(self, subject: Subject, audience: frozenset[str], day: date) -> Asked:
        own = [pair for role in Audience.values if role in audience for pair in self._own(subject, role)]
        found: Asked = {person: None for person, _role in own if not unreachable(person)}
        if Audience.DEPUTY in audience:
            for person, role in own:
                for deputy in self._deputies(person, day) if role not in NOBODY_ELSE else ():
                    found.setdefault(deputy, person)
        return {person: stead for person, stead in found.items() if subject.hears(person, stead)}

    def _own(self, subject: Subject, role: str) -> Iterator[tuple[Person, str]]:
        """Who has the role, and who gets instead what they cannot get."""
        if role == Audience.OFFICE:
            yield from ((person, role) for person in self.office)
        elif role == Audience.WATCHERS:
            watching = self._watching.get(subject.milestone, ())
            yield from ((self._people[pk], role) for pk in watching)
        elif role != Audience.DEPUTY:
            yield from self._holder(subject, role)

    def _holder(self, subject: Subject, role: str) -> Iterator[tuple[Person, str]]:
        person = self._fitting(subject, role)
        if person is not None:
            yield person, role
        if (person is not None and unreachable(person)) or (person is None and self._is_filled(subject, role)):
            yield from self._instead(subject, role)

    def _is_filled(self, subject: Subject, role: str) -> bool:
        """Whether somebody must be asked although nobody has the role."""
        return role == Audience.OWNER or role in subject.only

    def _instead(self, subject: Subject, role: str) -> Iterator[tuple[Person, str]]:
        coordinator = self._fitting(subject, Audience.COORDINATOR)
        if role not in subject.only and coordinator is not None and not unreachable(coordinator):
            yield coordinator, Audience.COORDINATOR
        else:
            yield from ((person, Audience.OFFICE) for person in self.office)

    def _fitting(self, subject: Subject, role: str) -> Person | None:
        person = self._in_role(subject, role)
        return None if person is not None and role in subject.only and not subject.fits(person) else person

    def _in_role(self, subject: Subject, role: str) -> Person | None:
        if role == Audience.OWNER:
            return self._people.get(subject.accountable)
        unit = self.units.get(subject.lead)
        if unit is None:
            return None
        if role == Audience.SUPERVISING_LEADER:
            return access.supervising_leader(unit)
        return unit.coordinator if role == Audience.COORDINATOR else unit.head

    def _deputies(self, person: Person, day: date) -> Iterator[Person]:
        for deputy, first, last in self._delegations.get(person.pk, ()):
            if first <= day <= last and not unreachable(self._people[deputy]):
                yield self._people[deputy]

    def _wire(self, unit: Organisation) -> None:
        """So that nothing that is asked of the unit costs a query."""
        unit.parent = self.units.get(unit.parent_id)
        unit.coordinator = self._people.get(unit.coordinator_id)
        unit.head = self._people.get(unit.head_id)
        unit.supervising_leader = self._people.get(unit.supervising_leader_id)


@dataclass(frozen=True, slots=True)
class Near:
    """What some people might be asked about: what they or whom they stand in for own, what these units lead, and, for
    the office, what nobody else answers for."""

    people: frozenset[Any]
    units: frozenset[Any]
    office: bool


def near(people: Collection[Any], first: date, last: date) -> Near:
    """On days in [first, last]."""
    absent = Delegation.objects.filter(deputy__in=people, starts_on__lte=last, ends_on__gte=first)
    theirs = frozenset(people) | frozenset(absent.values_list("person_id", flat=True))
    rows = Organisation.objects.order_by().only("id", "parent_id", *SPEAKERS).in_bulk()
    units = frozenset(pk for pk in rows if theirs & _speaking(pk, rows))
    return Near(theirs, units, access.office().filter(pk__in=people).exists())


def unreachable(person: Person) -> bool:
    return not person.is_active or person.bouncing_since is not None


SPEAKERS = ("coordinator_id", "head_id", "supervising_leader_id")


def _speakers(unit: Organisation) -> tuple[Any, ...]:
    return tuple(getattr(unit, name) for name in SPEAKERS)


def _speaking(pk: Any, units: Mapping[Any, Organisation]) -> set[Any]:
    """Coordinator, head and leader; the leader may be one further up."""
    unit, found, seen = units[pk], {units[pk].coordinator_id, units[pk].head_id}, set()
    while unit.supervising_leader_id is None and unit.parent_id in units and unit.pk not in seen:
        seen.add(unit.pk)
        unit = units[unit.parent_id]
    return found | {unit.supervising_leader_id}


def _units(wanted: Collection[Any]) -> dict[Any, Organisation]:
    """These and all above them."""
    found: dict[Any, Organisation] = {}
    missing = set(wanted)
    while missing:
        found |= {unit.pk: unit for unit in Organisation.objects.filter(pk__any_of=list(missing)).order_by()}
        missing = {unit.parent_id for unit in found.values()} - set(found) - {None}
    return found


def _people(ids: Iterable[Any]) -> dict[Any, Person]:
    rows = Person.objects.filter(pk__any_of=list(ids)).order_by().prefetch_related("grants")
    return {person.pk: person for person in rows}


def _delegations(first: date, last: date) -> dict[Any, list[tuple[Any, date, date]]]:
    found: dict[Any, list[tuple[Any, date, date]]] = defaultdict(list)
    rows = Delegation.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on", "id")
    for person, *standing in rows.values_list("person_id", "deputy_id", "starts_on", "ends_on"):
        found[person].append(tuple(standing))
    return found


def _watching(subjects: Iterable[Subject]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    milestones = [subject.milestone for subject in subjects if subject.milestone is not None]
    rows = Watch.objects.filter(milestone__id__any_of=milestones).order_by("created_at", "id")
    for milestone, person in rows.values_list("milestone_id", "person_id"):
        found[milestone].append(person)
    return found
