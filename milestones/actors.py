"""Who does this, and by which way in?"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import DateField, QuerySet, UUIDField, prefetch_related_objects

from milestones.models import Delegation, Person, Via
from milestones.models.prepared import Prepared, Slot

LABEL_LENGTH = 120  # the columns that keep a label


@dataclass(frozen=True)
class Reach:
    """What an API client may touch: these plans and, in them, what these organisations lead or take part in.

    None is no limit.
    """

    plans: frozenset[uuid.UUID] | None = None
    organisations: frozenset[uuid.UUID] | None = None


@dataclass(frozen=True)
class Actor:
    """Every verb is told its actor. `person` is None for the system itself; `client` names an API client, which has
    `scopes` and a `reach`. `day` is the day on which this is done: a person may act for whom they deputise on it.
    """

    person: Person | None
    via: str
    client: str = ""
    day: date | None = None
    scopes: frozenset[str] = frozenset()
    reach: Reach = Reach()

    @classmethod
    def system(cls, via: str = Via.SYSTEM) -> Actor:
        """The application itself, or whoever runs its commands on the server; every verb is open to it."""
        return cls(person=None, via=via)

    @property
    def is_system(self) -> bool:
        return self.person is None and not self.client

    @property
    def label(self) -> str:
        """Organisation and roles, never a name: what history keeps when the person has left and was anonymised."""
        if self.person is None:
            return self.client or "system"
        roles = "/".join(sorted(self.person.roles))
        unit = str(self.person.organisation) if self.person.organisation_id else ""
        return f"{unit[: LABEL_LENGTH - len(roles) - 1]} {roles}".strip()

    @cached_property
    def stands_in_for(self) -> tuple[Person, ...]:
        """The people for whom this person may act today, with their roles."""
        if self.person is None or self.day is None:
            return ()
        absent = _ABSENT.all(deputy=self.person.pk, day=self.day)
        prefetch_related_objects(absent, "grants")
        return tuple(absent)

    def selves(self) -> Iterator[Person]:
        """The person, then whom they stand in for; those are asked for only when the person alone does not do."""
        if self.person is not None:
            yield self.person
            yield from self.stands_in_for


def _absent() -> QuerySet[Person]:
    day: Any = Slot("day", DateField())
    running = Delegation.objects.running(day).filter(deputy=Slot("deputy", UUIDField()))
    return Person.objects.active().filter(pk__in=running.values("person")).order_by("pk")


_ABSENT = Prepared(_absent)
