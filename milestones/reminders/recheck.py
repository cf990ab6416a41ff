"""Just before a mail leaves: which of the reminders it carries still apply?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef

from milestones import access
from milestones.models import Plan, PlanState, Reminder, ReminderState, Suppression

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


def no_longer(mails: Iterable[Any]) -> dict[Any, dict[Any, str]]:
    """For each mail: its reminders, each with the reason why it no longer applies, empty when it does."""
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
    office = Office()
    active = set(Plan.objects.filter(state=PlanState.ACTIVE).values_list("pk", flat=True))
    for mail, pk, *facts in rows:
        found[mail][pk] = _reason(facts, office, active)
    return found


class Office:
    """Who the office is, asked for when the first unassigned milestone needs it."""

    def __init__(self) -> None:
        self._people: frozenset[Any] | None = None

    def __contains__(self, person: Any) -> bool:
        if self._people is None:
            self._people = frozenset(access.office().values_list("pk", flat=True))
        return person in self._people


def _reason(facts: list[Any], office: Office, active: set[Any]) -> str:
    (recipient, is_active, muted, version, anchor, state, due_version, forecast, plan, *parties, newer) = facts
    if reason := ended(state, plan in active):
        return reason
    if not is_active:
        return str(Suppression.PERSON_INACTIVE)
    if version != due_version:
        return str(Suppression.DATE_MOVED)
    if not _is_recipient(recipient, parties, office):
        return str(Suppression.HANDED_OVER)
    if newer:
        return str(Suppression.SUPERSEDED)
    if muted and is_mutable(anchor):
        return str(Suppression.MUTED)
    return str(Suppression.FORECAST_GIVEN) if anchor == "pace_check" and forecast in PRECISE else ""


def _is_recipient(person: Any, parties: list[Any], office: Office) -> bool:
    accountable, accountable_active, coordinator, coordinator_active = parties
    if accountable is not None and accountable_active:
        return bool(person == accountable)
    if coordinator is not None and coordinator_active:
        return bool(person == coordinator)
    return person in office
