"""How does a reminder become a line of a digest?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from milestones.mail.digest import Item
from milestones.models import Delegation, Milestone, Reminder

COLUMNS = (
    "milestone__accountable_id",
    "id",
    "recipient_id",
    "milestone_id",
    "milestone__code",
    "milestone__title",
    "milestone__title_en",
    "milestone__due_on",
    "milestone__due_precision",
    "milestone__plan__code",
    "milestone__plan__year",
    "step_version__anchor",
    "step__code",
    "day",
)
STANDING = ("deputy_id", "person_id", "person__display_name")


def items_of(reminders: Any) -> Iterator[Item]:
    """One query, three when somebody is reminded of what is another's; in no particular order."""
    elsewhere = []
    for accountable, *row in reminders.order_by().values_list(*COLUMNS):
        item = Item(*row)
        if item.recipient == accountable:
            yield item
        else:
            elsewhere.append(item)
    yield from _with_absent(elsewhere) if elsewhere else ()


def _with_absent(items: Iterable[Item]) -> Iterator[Item]:
    """Each with the name of the person for whom its reader stands in, if so: the coordinator and the office are
    reminded in their own right of what nobody answers for."""
    standing = Delegation.objects.filter(deputy__in={item.recipient for item in items}, person__is_active=True)
    names = {(deputy, person): name for deputy, person, name in standing.order_by("id").values_list(*STANDING)}
    rows = Milestone.objects.filter(pk__in={item.milestone for item in items}) if names else Milestone.objects.none()
    reminded = {pk: ids for pk, *ids in rows.values_list("pk", "accountable_id", "lead__coordinator_id")}
    for item in items:
        accountable, coordinator = reminded.get(item.milestone, (None, None))
        away = (accountable,) if coordinator == item.recipient else (accountable, coordinator)
        found = (names.get((item.recipient, person)) for person in away)
        yield replace(item, stands_in_for=next((name for name in found if name), ""))


def items_of_mail(mail: Any) -> list[Item]:
    """The items of a mail whose reminders are still to go."""
    return list(items_of(Reminder.objects.filter(mail=mail, state="claimed")))
