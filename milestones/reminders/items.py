"""How does a reminder become a line of a digest?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from milestones import access
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
    "step_version__digestible",
    "milestone__health",
)
AROUND = (
    "pk",
    "accountable_id",
    "accountable__is_active",
    "accountable__bouncing_since",
    "accountable__display_name",
    "lead__coordinator_id",
    "lead__head_id",
    "lead__supervising_leader_id",
)
STANDING = ("deputy_id", "person_id", "person__display_name")


def items_of(reminders: Any) -> Iterator[Item]:
    """One query, four when somebody is reminded of what is another's; in no particular order."""
    elsewhere = []
    for accountable, *row in reminders.order_by().values_list(*COLUMNS):
        item = Item(*row)
        if item.recipient == accountable:
            yield item
        else:
            elsewhere.append(item)
    yield from _with_absent(elsewhere) if elsewhere else ()


def _with_absent(items: Iterable[Item]) -> Iterator[Item]:
    """Each with the name of the person for whom its reader stands in, or whom no mail reaches: the coordinator and the
    office are reminded in their own right of what nobody answers for."""
    standing = Delegation.objects.filter(deputy__in={item.recipient for item in items}, person__is_active=True)
    names = {(deputy, person): name for deputy, person, name in standing.order_by("id").values_list(*STANDING)}
    rows = Milestone.objects.filter(pk__in={item.milestone for item in items})
    around = {pk: rest for pk, *rest in rows.values_list(*AROUND)}
    office = set(access.office().values_list("pk", flat=True))
    for item in items:
        accountable, is_active, bouncing, name, *unit = around[item.milestone]
        away = [person for person in (accountable, *unit) if person is not None]
        if item.recipient in unit:  # reminded in a role of their own; for the owner they may stand in as well
            away = [accountable]
        absent = next((person for person in away if (item.recipient, person) in names), None)
        stands_in_for = names.get((item.recipient, absent), "")
        lost = accountable is not None and (not is_active or bouncing is not None)
        coordinator, head, _leader = unit
        hats = {coordinator: "coordinator", head: "head"} | dict.fromkeys(office, "office")
        hat = "deputy" if absent else hats.get(item.recipient, "other")
        acts = absent in (accountable, coordinator) if absent else hat in ("coordinator", "office")
        instead_of = name if lost and not stands_in_for else ""
        yield item._replace(stands_in_for=stands_in_for, instead_of=instead_of, hat=hat, acts=acts)


def items_of_mail(mail: Any) -> list[Item]:
    """The items of a mail whose reminders are still to go."""
    return list(items_of(Reminder.objects.filter(mail=mail, state="claimed")))
