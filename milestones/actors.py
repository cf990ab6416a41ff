"""Who does this, and by which way in?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones.models import Person, Via

LABEL_LENGTH = 120  # the columns that keep a label


@dataclass(frozen=True)
class Actor:
    """Every verb is told its actor. `person` is None for the system itself; `client` names an API client."""

    person: Person | None
    via: str
    client: str = ""

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
