"""Who is asked to decide on a milestone's date?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from milestones import access
from milestones.actors import Actor
from milestones.models import Extension, Milestone, Person, Via

Office = Callable[[], Sequence[Person]]


def leader_of(milestone: Milestone) -> Person | None:
    """The supervising leader of the lead organisation, as far as active and entitled to decide."""
    leader = access.supervising_leader(milestone.lead)
    if leader is None or not leader.is_active:
        return None
    return leader if access.may(Actor(leader, Via.MAIL), "extension.approve", milestone) else None


def asked(extension: Extension, office: Office) -> list[Person]:
    """The leader, else the people of `office`; never who asked, since a second person must decide."""
    leader = leader_of(extension.milestone)
    people = [leader] if leader is not None and leader.pk != extension.requested_by_id else list(office())
    return [person for person in people if person.pk != extension.requested_by_id]
