"""Who is told by mail of a notice to an organisation? Whoever answers for it there, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from milestones import access
from milestones.models import Delegation, Milestone, Organisation, Person, Role


def recipients(milestone: Milestone, organisation: Organisation, day: date) -> list[Person]:
    """The organisation's head, its coordinator (all who have that role when none is named), the accountable person when
    of that organisation, and who stands in for one of them on `day`: active, and reading the milestone's inner matters.
    """
    return [person for person, _absent in with_absent(milestone, organisation, day)]


def with_absent(milestone: Milestone, organisation: Organisation, day: date) -> list[tuple[Person, list[Person]]]:
    """The same, each with whom they stand in for; those told in their own right with nobody."""
    people = [organisation.head, *_coordinators(organisation), _accountable(milestone, organisation)]
    found: dict[Person, list[Person]] = {person: [] for person in people if person is not None}
    told = set(found)
    running = Delegation.objects.running(day).filter(person__in=told, person__is_active=True)
    for row in running.select_related("person", "deputy").order_by("id"):
        if row.deputy not in told:
            found.setdefault(row.deputy, []).append(row.person)
    return [one for one in found.items() if one[0].is_active and may_read(one[0], milestone, one[1])]


def may_read(person: Person, milestone: Milestone, stands_in_for: Iterable[Person] = ()) -> bool:
    """Whether a notice's text may reach this person: what it is about is read by them, or by whom they stand in for."""
    return any(access.reads_inner_matters(one, milestone) for one in (person, *stands_in_for))


def _coordinators(organisation: Organisation) -> list[Person]:
    if organisation.coordinator is not None and organisation.coordinator.is_active:
        return [organisation.coordinator]
    return list(Person.objects.active().in_role(Role.COORDINATOR).filter(organisation=organisation).order_by("id"))


def _accountable(milestone: Milestone, organisation: Organisation) -> Person | None:
    person = milestone.accountable
    return person if person is not None and person.organisation_id == organisation.pk else None
