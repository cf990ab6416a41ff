"""Who does this, and by which way in?"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from milestones.models import Delegation, Person, Via

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
    def deputises_for(self) -> frozenset[uuid.UUID]:
        """The people for whom this person may act today; asked only when the person alone has no right."""
        if self.person is None or self.day is None:
            return frozenset()
        running = Delegation.objects.running(self.day).filter(deputy=self.person, person__is_active=True)
        return frozenset(running.values_list("person_id", flat=True))

    def is_for(self, person_id: uuid.UUID | None) -> bool:
        """Whether this actor is that person, or their deputy today."""
        if self.person is None or person_id is None:
            return False
        return person_id == self.person.pk or person_id in self.deputises_for
