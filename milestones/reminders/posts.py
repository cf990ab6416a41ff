"""Which planned reminders does an organisation's channel tell together, and when?

One post an organisation and working day, at eight in the morning of the installation. After it has left, what falls due
on the deadline itself and what is a notice goes out at once in a post of its own; all else waits for the next working
morning. A milestone is told to the organisation that leads it now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from milestones.mail import post
from milestones.mail.post import Entry
from milestones.models import (
    Channel,
    MailKind,
    Organisation,
    OrganisationWebhook,
    OutgoingMail,
    Reminder,
    ReminderState,
    Suppression,
)
from milestones.models.reminders import ReminderQuerySet
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar

MORNING = 8  # of the installation: an organisation has no clock of its own
COLUMNS = (
    "id",
    "milestone__code",
    "milestone__title",
    "milestone__title_en",
    "milestone__due_on",
    "milestone__due_precision",
    "milestone__plan__code",
    "milestone__plan__year",
    "step_version__anchor",
    "step_version__level",
)


@dataclass(frozen=True, slots=True)
class _Due:
    """A planned row, and whether there is a channel for it to go through."""

    reminder: Any
    milestone: Any
    day: date
    anchor: str
    level: str
    unit: Any
    is_open: bool | None
    opened: datetime | None

    @property
    def has_channel(self) -> bool:
        """An active one, that was there on the day: who opens a channel is not told of what was before."""
        zone = ZoneInfo(settings.TIME_ZONE)
        return bool(self.is_open and self.opened and self.day >= self.opened.astimezone(zone).date())

    def is_urgent(self, today: date) -> bool:
        return self.level != "" or (self.anchor == "on_due" and self.day == today)


def compose(now: datetime, days: Calendar) -> int:
    """Queue the posts of every organisation once its morning has come; how many. What has no channel is held back."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = local.date()
    if local.hour < MORNING or not days.is_workday(today):
        return 0
    waiting = _waiting(today)
    if not waiting:
        return 0
    closed = [row.reminder for row in waiting if not row.has_channel]
    if closed:
        _planned(closed).update(state=ReminderState.SUPPRESSED, reason=Suppression.NO_CHANNEL, updated_at=now)
    bundles = _bundles([row for row in waiting if row.has_channel], today)
    return sum(_queue(unit, milestone, rows, today, now, days) for unit, milestone, rows in bundles)


def _bundles(rows: Sequence[_Due], today: date) -> Iterator[tuple[Organisation, Any, list[Any]]]:
    """Post by post: to whom, about which milestone alone (None: all of the day), and the reminders in it."""
    by_unit: dict[Any, list[_Due]] = defaultdict(list)
    for row in rows:
        by_unit[row.unit].append(row)
    posts = OutgoingMail.objects.filter(kind=MailKind.POST, day=today, milestone=None, organisation__in=by_unit)
    told = set(posts.values_list("organisation", flat=True))
    for unit in Organisation.objects.filter(pk__in=by_unit).order_by("pk"):
        if unit.pk not in told:
            yield unit, None, [row.reminder for row in by_unit[unit.pk]]
            continue
        for row in by_unit[unit.pk]:
            if row.is_urgent(today):
                yield unit, row.milestone, [row.reminder]


def rewrite(mail: OutgoingMail) -> None:
    """Say anew what is left of a post, some of which dropped out before it left."""
    assert mail.organisation is not None  # a constraint holds that a post has one
    post.write(mail, mail.organisation, _carried(mail), calendar())


def packed(mail: OutgoingMail) -> tuple[str, bytes]:
    """The address and the body. Raises ValueError when the webhook was switched off since the post was claimed."""
    active = OrganisationWebhook.objects.filter(organisation=mail.organisation_id, is_active=True)
    webhook = active.select_related("organisation").first()
    if webhook is None:
        raise ValueError("the organisation has no active webhook")
    return webhook.url, post.body(mail, webhook.organisation, _carried(mail), calendar())


def _waiting(today: date) -> list[_Due]:
    step = ("step_version__anchor", "step_version__level")
    webhook = ("milestone__lead__webhook__is_active", "milestone__lead__webhook__created_at")
    rows = Reminder.objects.planned().filter(channel=Channel.WEBHOOK, day__lte=today).order_by("id")
    return [_Due(*row) for row in rows.values_list("id", "milestone_id", "day", *step, "milestone__lead_id", *webhook)]


def _queue(
    unit: Organisation, milestone: Any, reminders: Sequence[Any], today: date, now: datetime, days: Calendar
) -> bool:
    """Store the post and claim its reminders, or neither: somebody else was faster, or a reminder changed since."""
    mail = OutgoingMail(kind=MailKind.POST, channel=Channel.WEBHOOK, organisation=unit, day=today)
    mail.milestone_id = milestone
    mail.language, mail.due_at, mail.created_at = settings.LANGUAGE_CODE, now, now
    post.write(mail, unit, _entries(_planned(reminders)), days)
    with transaction.atomic():
        still = _planned(reminders).select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
        if set(still) != set(reminders):
            return False
        OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
        if not OutgoingMail.objects.filter(pk=mail.pk).exists():
            return False
        _planned(reminders).update(state=ReminderState.CLAIMED, mail=mail, updated_at=now)
    return True


def _planned(reminders: Sequence[Any]) -> ReminderQuerySet:
    return Reminder.objects.planned().filter(pk__any_of=list(reminders))


def _carried(mail: OutgoingMail) -> list[Entry]:
    return _entries(Reminder.objects.filter(mail=mail, state=ReminderState.CLAIMED))


def _entries(reminders: ReminderQuerySet) -> list[Entry]:
    return [Entry(*row) for row in reminders.order_by().values_list(*COLUMNS)]
