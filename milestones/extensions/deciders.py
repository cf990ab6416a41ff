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
    return leader if leader is not None and may_decide(leader, milestone) else None


def may_decide(person: Person, milestone: Milestone) -> bool:
    return person.is_active and access.may(Actor(person, Via.MAIL), "extension.approve", milestone)


def asked(extension: Extension, office: Office) -> list[Person]:
    """The leader, else the people of `office`, also while the leader's address returns mail; never who asked, since a
    second person must decide."""
    leader = leader_of(extension.milestone)
    reached = leader is not None and leader.pk != extension.requested_by_id and leader.bouncing_since is None
    people = [leader] if leader is not None and reached else list(office())
    return [person for person in people if person.pk != extension.requested_by_id]
