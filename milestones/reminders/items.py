"""How does a reminder become a line of a digest?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from milestones.mail.digest import Item
from milestones.models import Reminder

COLUMNS = (
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


def items_of(reminders: Any) -> Iterator[Item]:
    """One query; in no particular order."""
    for row in reminders.order_by().values_list(*COLUMNS):
        yield Item(*row)


def items_of_mail(mail: Any) -> list[Item]:
    """The items of a mail whose reminders are still to go."""
    return list(items_of(Reminder.objects.filter(mail=mail, state="claimed")))
