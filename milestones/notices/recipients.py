"""Who is told by mail of a notice to an organisation? Whoever answers for it there, each once."""

from __future__ import annotations

from datetime import date

from milestones import access
from milestones.models import Delegation, Milestone, Organisation, Person, Role


def recipients(milestone: Milestone, organisation: Organisation, day: date) -> list[Person]:
    """The organisation's head, its coordinator (all who have that role when none is named), the accountable person when
    of that organisation, and who stands in for one of them on `day`: active, and reading the milestone's inner matters.
    """
    people = [organisation.head, *_coordinators(organisation), _accountable(milestone, organisation)]
    found = {person.pk: person for person in people if person is not None}
    running = Delegation.objects.running(day).filter(person__in=found).select_related("deputy")
    found |= {row.deputy_id: row.deputy for row in running.order_by("id")}
    return [person for person in found.values() if person.is_active and access.reads_inner_matters(person, milestone)]


def _coordinators(organisation: Organisation) -> list[Person]:
    if organisation.coordinator is not None and organisation.coordinator.is_active:
        return [organisation.coordinator]
    return list(Person.objects.active().in_role(Role.COORDINATOR).filter(organisation=organisation).order_by("id"))


def _accountable(milestone: Milestone, organisation: Organisation) -> Person | None:
    person = milestone.accountable
    return person if person is not None and person.organisation_id == organisation.pk else None
