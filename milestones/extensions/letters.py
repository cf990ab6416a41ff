"""Who must hear of a request, and of what became of it? Rendered before the transaction that stores them.

Nobody is told of what they did themselves, and nobody who may not read the milestone's inner matters.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from milestones import access
from milestones.actors import Actor
from milestones.mail import catalogue
from milestones.models import Extension, Milestone, OutgoingMail, Person
from milestones.planning.letters import watchers

from . import deciders


def asked(extension: Extension, *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To the deciding leader, else to the office."""
    people = deciders.asked(extension, lambda: list(access.office()))
    readers = _readers(people, extension.milestone, actor)
    return [catalogue.extension_asked(person, extension, now=now) for person in readers]


def decided(extension: Extension, values: Mapping[str, Any], *, actor: Actor, now: datetime) -> list[OutgoingMail]:
    """To who asked and to the accountable person: what `values` will say."""
    after = copy.copy(extension)
    for name, value in values.items():
        setattr(after, name, value)
    people = [extension.requested_by, extension.milestone.accountable]
    readers = _readers(people, extension.milestone, actor)
    return [catalogue.extension_decided(person, after, now=now) for person in readers]


def approved(
    extension: Extension, values: Mapping[str, Any], reason: str, *, actor: Actor, now: datetime
) -> list[OutgoingMail]:
    """As `decided`, and that the date moved to whoever watches: with the decider's `reason`, not the request's."""
    told = decided(extension, values, actor=actor, now=now)
    after = copy.copy(extension.milestone)
    after.due_on, after.due_precision = extension.due_on, extension.due_precision
    words: Any = {"old": extension.milestone.due, "new": extension.due, "reason": reason}
    return told + watchers(after, "rescheduled", told=told, actor=actor, now=now, **words)


def _readers(people: Iterable[Person | None], milestone: Milestone, actor: Actor) -> Iterator[Person]:
    """Each once, in their order."""
    for person in dict.fromkeys(people):
        if person is None or not person.is_active or person == actor.person:
            continue
        if access.reads_inner_matters(person, milestone):
            yield person
