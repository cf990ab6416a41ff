"""What is plainly true of a milestone today, before anybody judges how healthy it is?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from milestones.models import State
from milestones.workdays import Calendar

SOON_WORKING_DAYS = 7


class Fact(models.TextChoices):
    """In the order in which people should look at them."""

    OVERDUE = "overdue", _("overdue")
    SOON = "soon", _("due soon")
    SUBMITTED = "submitted", _("waiting for verification")
    IN_PROGRESS = "in_progress", _("in progress")
    PLANNED = "planned", _("not started")
    MADE_UP = "made_up", _("done late")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


ORDER = {fact.value: place for place, fact in enumerate(Fact)}


@dataclass(frozen=True)
class Window:
    """Today, and the last effective day that counts as due soon: its working deadline is within seven working days."""

    today: date
    soon_until: date

    @classmethod
    def of(cls, today: date, calendar: Calendar) -> Window:
        last = calendar.add(today, SOON_WORKING_DAYS)
        return cls(today, calendar.next_workday(last) - timedelta(days=1))

    def fact(self, state: str, due_on: date, actual_on: date | None) -> Fact:
        if state == State.CANCELLED:
            return Fact.CANCELLED
        if state == State.COMPLETED:
            return Fact.MADE_UP if actual_on and actual_on > due_on else Fact.DONE
        if due_on < self.today:
            return Fact.OVERDUE
        if state == State.SUBMITTED:
            return Fact.SUBMITTED
        if due_on <= self.soon_until:
            return Fact.SOON
        return Fact.IN_PROGRESS if state == State.IN_PROGRESS else Fact.PLANNED
