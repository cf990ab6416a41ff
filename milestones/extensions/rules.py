"""May a later date be asked for, is the request late, by when is it answered, and does it still hold? Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from milestones import wording
from milestones.errors import RuleBroken, StateConflict
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate

WORKED_AT = ("planned", "in_progress")
DAYS_TO_DECIDE = 3  # working days after the day of the request


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; `progress` so far in per cent."""

    due: FuzzyDate
    reason: str
    progress: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """The milestone that it is asked for, its plan's state, and today in the plan's zone."""

    plan_state: str
    state: str
    due: FuzzyDate
    today: date


def check_request(asked: Asked, about: About) -> None:
    check_worked_at(about)
    if asked.due.effective_day <= about.due.effective_day:
        message = _("The new date must be later than the present one, which counts as %(day)s.")
        raise RuleBroken(message % {"day": wording.day(about.due.effective_day)}, field="due", code="not_later")
    if asked.due.effective_day < about.today:
        message = _("The new date has passed already; ask for one that can still be kept.")
        raise RuleBroken(message, field="due", code="past")
    if not asked.reason.strip():
        raise RuleBroken(_("Say why more time is needed."), field="reason", code="missing")
    progress = asked.progress
    if isinstance(progress, bool) or not isinstance(progress, int) or not 0 <= progress <= 100:
        raise RuleBroken(_("Progress is a whole number from 0 to 100."), field="progress", code="range")


def check_worked_at(about: About) -> None:
    """Of what was submitted or closed no date moves any more."""
    if about.plan_state != "active":
        raise StateConflict(_("The plan is not active; its dates are not extended."), code="plan_not_active")
    if about.state not in WORKED_AT:
        message = _("This milestone was submitted as done or is closed; its date is not extended.")
        raise StateConflict(message, code="milestone_state")


def check_holds(old: FuzzyDate, about: About) -> None:
    """Whether the request may still be approved: it was asked for the date `old`, which must be the present one."""
    check_worked_at(about)
    if about.due != old:
        message = _(
            "The due date has moved since this was asked (from %(old)s to %(new)s); decline it, "
            "and let a new request start from the present date."
        )
        shown = {"old": wording.day(old.effective_day), "new": wording.day(about.due.effective_day)}
        raise StateConflict(message % shown, code="date_moved")


def is_late(due: FuzzyDate, today: date, days: Calendar) -> bool:
    """Whether the working deadline has passed; on that day itself one may still ask in time."""
    return today > days.on_or_before(due.effective_day)


def decide_by(today: date, days: Calendar) -> date:
    """The last day on which the answer is in time."""
    return days.add(today, DAYS_TO_DECIDE)


def slip(old: FuzzyDate, new: FuzzyDate, days: Calendar) -> int:
    """By how many working days the working deadline moves."""
    return days.count(days.on_or_before(old.effective_day), days.on_or_before(new.effective_day))
