"""By which buttons do a milestone's dates move, and how is a later one asked for?"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.extensions import operations as extensions
from milestones.models import CLOSED_STATES, Milestone, State
from milestones.planning import operations
from milestones.web.forms import acts

from .action import Action, Group, unversioned


def _open(milestone: Milestone) -> bool:
    return milestone.state not in CLOSED_STATES


def _worked_at(milestone: Milestone) -> bool:
    return milestone.state not in (*CLOSED_STATES, State.SUBMITTED)


def _forecast(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    operations.forecast(milestone, form.cleaned_data["expected"], reason=form.cleaned_data["reason"], **how)


def _reschedule(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    operations.reschedule(milestone, form.cleaned_data["due"], reason=form.cleaned_data["reason"], **how)


def _ask_for_time(milestone: Milestone, form: acts.ActForm, **how: Any) -> None:
    given = form.cleaned_data
    extensions.request(milestone, due=given["due"], reason=given["reason"], progress=given["progress"], **how)


ALL = [
    Action("forecast", "milestone.forecast", _("Give a forecast"), _("The forecast is recorded; the due date stays."),
           acts.ForecastForm, _forecast, _open, Group.DATES, in_draft=True,
           hint=_("When do you now expect it? The commitment does not move by this.")),
    Action("extend", "extension.request", _("Ask for more time"),
           _("Asked for; the supervising leader, or the office, decides within three working days."),
           acts.ExtendForm, unversioned(_ask_for_time), _worked_at, Group.DATES,
           hint=_("Until the request is decided the date stays, and reminders go on.")),
    Action("reschedule", "milestone.reschedule", _("Move the due date"),
           _("The due date has moved; the first promise stays."),
           acts.RescheduleForm, _reschedule, _worked_at, Group.DATES, in_draft=True),
]  # fmt: skip
