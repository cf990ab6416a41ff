"""Just before a mail leaves: which of the reminders it carries still apply?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef

from milestones.models import Channel, Milestone, PlanState, Reminder, ReminderState, StepVersion, Suppression

from . import loading
from .decisions import Look, ended, is_muted
from .recipients import OWNER, Reader
from .rules import PRECISE, Step

COLUMNS = (
    "mail_id",
    "id",
    "recipient_id",
    "step_version_id",
    "channel",
    "due_version",
    "milestone_id",
    "milestone__state",
    "milestone__due_version",
    "milestone__forecast_precision",
    "milestone__behind_since",
    "milestone__accountable_id",
    "milestone__plan__state",
    "milestone__lead_id",
    "mail__organisation_id",
    "mail__organisation__webhook__is_active",
    "newer",
)


class _Carried(NamedTuple):
    """A claimed reminder, with what of its milestone decides whether it still applies; in the order of COLUMNS."""

    mail: Any
    reminder: Any
    recipient: Any
    version: Any
    channel: str
    due_version: int
    milestone: Any
    state: str
    present_due_version: int
    forecast_precision: str | None
    behind_since: Any
    accountable: Any
    plan_state: str
    lead: Any
    told: Any
    has_channel: bool | None
    newer: bool


def no_longer(mails: Iterable[Any], moment: datetime) -> dict[Any, dict[Any, str]]:
    """For each mail: its reminders, each with the reason why it no longer applies at `moment`, empty when it does."""
    later = Reminder.objects.filter(
        milestone=OuterRef("milestone"),
        recipient=OuterRef("recipient"),
        due_version=OuterRef("due_version"),
        channel=OuterRef("channel"),
        day__gt=OuterRef("day"),
        state__in=[ReminderState.PLANNED, ReminderState.CLAIMED, ReminderState.SENT, ReminderState.ACKNOWLEDGED],
    )
    claimed = Reminder.objects.filter(mail__id__any_of=list(mails), state=ReminderState.CLAIMED).order_by()
    carried = [_Carried._make(row) for row in claimed.annotate(newer=Exists(later)).values_list(*COLUMNS)]
    around = _Around(carried, moment)
    found: dict[Any, dict[Any, str]] = defaultdict(dict)
    for one in carried:
        found[one.mail][one.reminder] = _reason(one, around)
    return found


class _Around:
    """The people and steps of these reminders; whole looks only of milestones where somebody else than the accountable
    person is reminded, each asked for when the first reminder needs it."""

    def __init__(self, carried: Sequence[_Carried], moment: datetime) -> None:
        self.carried, self.moment = carried, moment
        versions = StepVersion.objects.select_related("step").filter(pk__in={one.version for one in carried})
        self.steps = {version.pk: loading.step_of(version) for version in versions} if carried else {}
        self.readers = loading.readers({one.recipient for one in carried}) if carried else {}
        self._looks: Mapping[Any, Look] | None = None

    def look(self, milestone: Any) -> Look:
        if self._looks is None:
            asked = {one.milestone for one in self.carried if not _is_plain(one, self)}
            rows = Milestone.objects.filter(pk__any_of=list(asked))
            found = loading.looks(rows, loading.surroundings(), self.moment.date())
            self._looks = {look.id: look for look in found}
        return self._looks[milestone]


def _reason(one: _Carried, around: _Around) -> str:
    step, reader = around.steps[one.version], around.readers[one.recipient]
    if reason := ended(one.state, one.plan_state == PlanState.ACTIVE):
        return reason
    if one.channel == Channel.MAIL and reader.unreachable:
        return reader.unreachable
    if one.channel == Channel.WEBHOOK and not one.has_channel:
        return str(Suppression.NO_CHANNEL)
    if one.due_version != one.present_due_version:
        return str(Suppression.DATE_MOVED)
    if one.lead != one.told if one.channel == Channel.WEBHOOK else not _is_reminded(one, step, around):
        return str(Suppression.HANDED_OVER)
    if one.newer and not step.is_notice:
        return str(Suppression.SUPERSEDED)
    return _unwanted(one, step, reader)


def _unwanted(one: _Carried, step: Step, reader: Reader) -> str:
    if one.channel == Channel.MAIL and is_muted(reader, step):
        return str(Suppression.MUTED)
    if step.anchor == "pace_check" and one.forecast_precision in PRECISE:
        return str(Suppression.FORECAST_GIVEN)
    return str(Suppression.CAUGHT_UP) if step.anchor == "behind_pace" and one.behind_since is None else ""


def _is_plain(one: _Carried, around: _Around) -> bool:
    """Whether it is the accountable person's own."""
    return bool(one.recipient == one.accountable and OWNER in around.steps[one.version].audience)


def _is_reminded(one: _Carried, step: Step, around: _Around) -> bool:
    if _is_plain(one, around):
        return True
    look = around.look(one.milestone)
    return any(r.reader.id == one.recipient and r.hears(step) for r in look.reminded(around.moment))
