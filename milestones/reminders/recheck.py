"""Just before a mail leaves: which of the reminders it carries still apply?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from milestones import access
from milestones.models import Delegation, Plan, PlanState, Reminder, ReminderState, Suppression

from .decisions import ended, is_mutable
from .rules import PRECISE

COLUMNS = (
    "mail_id",
    "id",
    "recipient_id",
    "recipient__is_active",
    "recipient__digest_muted",
    "due_version",
    "step_version__anchor",
    "milestone__state",
    "milestone__due_version",
    "milestone__forecast_precision",
    "milestone__plan_id",
    "milestone__accountable_id",
    "milestone__accountable__is_active",
    "milestone__lead__coordinator_id",
    "milestone__lead__coordinator__is_active",
    "newer",
)


def no_longer(mails: Iterable[Any], moment: datetime) -> dict[Any, dict[Any, str]]:
    """For each mail: its reminders, each with the reason why it no longer applies at `moment`, empty when it does."""
    later = Reminder.objects.filter(
        milestone=OuterRef("milestone"),
        recipient=OuterRef("recipient"),
        due_version=OuterRef("due_version"),
        day__gt=OuterRef("day"),
        state__in=[ReminderState.PLANNED, ReminderState.CLAIMED, ReminderState.SENT],
    )
    carried = Reminder.objects.filter(mail__id__any_of=list(mails), state=ReminderState.CLAIMED).order_by()
    rows = carried.annotate(newer=Exists(later)).values_list(*COLUMNS)
    found: dict[Any, dict[Any, str]] = defaultdict(dict)
    stand_in = StandIn(moment)
    active = dict(Plan.objects.filter(state=PlanState.ACTIVE).values_list("pk", "time_zone"))
    for mail, pk, *facts in rows:
        found[mail][pk] = _reason(facts, stand_in, active)
    return found


class StandIn:
    """Who the office is and who deputises for whom, each asked for when the first reminder needs it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self._office: frozenset[Any] | None = None
        self._deputies: list[tuple[Any, Any, date, date]] | None = None

    def is_office(self, person: Any) -> bool:
        if self._office is None:
            self._office = frozenset(access.office().values_list("pk", flat=True))
        return person in self._office

    def is_deputy(self, deputy: Any, person: Any, time_zone: str) -> bool:
        """On the day that it is now where the plan is."""
        if self._deputies is None:
            rows = Delegation.objects.values_list("person_id", "deputy_id", "starts_on", "ends_on")
            self._deputies = list(rows.filter(ends_on__gte=self.moment.date() - timedelta(days=1)).order_by())
        day = self.moment.astimezone(ZoneInfo(time_zone)).date()
        return any(
            (away, there) == (person, deputy) and first <= day <= last for away, there, first, last in self._deputies
        )


def _reason(facts: list[Any], stand_in: StandIn, active: Mapping[Any, str]) -> str:
    (recipient, is_active, muted, version, anchor, state, due_version, forecast, plan, *parties, newer) = facts
    if reason := ended(state, plan in active):
        return reason
    if not is_active:
        return str(Suppression.PERSON_INACTIVE)
    if version != due_version:
        return str(Suppression.DATE_MOVED)
    if not _is_recipient(recipient, parties, stand_in, active[plan]):
        return str(Suppression.HANDED_OVER)
    if newer:
        return str(Suppression.SUPERSEDED)
    if muted and is_mutable(anchor):
        return str(Suppression.MUTED)
    return str(Suppression.FORECAST_GIVEN) if anchor == "pace_check" and forecast in PRECISE else ""


def _is_recipient(person: Any, parties: list[Any], stand_in: StandIn, time_zone: str) -> bool:
    accountable, accountable_active, coordinator, coordinator_active = parties
    reminded = None
    if accountable is not None and accountable_active:
        reminded = accountable
    elif coordinator is not None and coordinator_active:
        reminded = coordinator
    if reminded is None:
        return stand_in.is_office(person)
    return bool(person == reminded) or stand_in.is_deputy(person, reminded, time_zone)
