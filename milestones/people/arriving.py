"""How does another system bring a person: the account, whether it is in use, and an invitation, all in one?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from milestones.actors import Actor
from milestones.changes import record
from milestones.models import Person
from milestones.planning import references

from . import operations


def create(
    values: Mapping[str, Any],
    *,
    roles: Iterable[str] = (),
    refs: references.Given | None = None,
    is_active: bool = True,
    invited: bool = False,
    actor: Actor,
    now: datetime,
) -> Person:
    """A new account, with which nobody signs in and of which nobody hears unless `invited`; one may be a leaver's.

    Raises what `operations.create`, `deactivate` and `invite` raise.
    """
    how: dict[str, Any] = {"actor": actor, "now": now}
    with record.writing(**how):
        person = operations.create(values, roles=roles, refs=refs, **how)
        if not is_active:
            operations.deactivate(person, **how)
        if invited:
            operations.invite(person, **how)
    return person


def change(
    person: Person,
    values: Mapping[str, Any],
    *,
    roles: Iterable[str] | None = None,
    refs: references.Given | None = None,
    is_active: bool | None = None,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> bool:
    """Edit, and let the person go or come back as `is_active` says; each is a verb with an entry of its own, and
    they are stored together or not at all. False when nothing differed. Raises what those verbs raise."""
    how: dict[str, Any] = {"actor": actor, "now": now}
    with record.writing(**how):
        record.expect(person, version)
        moved = is_active is not None and is_active != person.is_active
        if moved and is_active:
            operations.reactivate(person, **how)
        spoken_of = values or roles is not None or refs is not None
        changed = bool(spoken_of) and operations.edit(person, values, roles=roles, refs=refs, **how)
        if moved and not is_active:
            operations.deactivate(person, **how)
    return changed or moved
