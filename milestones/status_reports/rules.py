"""What may a report say, and what must it say before it is submitted? Pure.

Each refusal names its field and says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from milestones import wording
from milestones.errors import RuleBroken, StateConflict
from milestones.workdays.periods import FuzzyDate

CLOSED = ("completed", "cancelled")
WHOLE = 100


@dataclass(frozen=True, slots=True)
class Content:
    """What a report says; `progress` in per cent as of the end of the day `as_of`."""

    as_of: date
    progress: int
    forecast: FuzzyDate | None = None
    done: str = ""
    obstacles: str = ""
    help_needed: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """What the last report that counts said, of a day not after the one that is written."""

    as_of: date
    progress: int


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about: the milestone's and its plan's state, the plan's first day, and today in its zone."""

    plan_state: str
    state: str
    starts_on: date
    today: date


def check_open(about: About) -> None:
    """Reports are filed while work goes on, also while a submission waits to be verified."""
    if about.plan_state != "active":
        message = _("The plan is not active; only the milestones of an active plan are reported on.")
        raise StateConflict(message, code="plan_not_active")
    if about.state in CLOSED:
        raise StateConflict(_("This milestone is closed; there is nothing left to report on it."), code="closed")


def check(content: Content, about: About) -> None:
    """What must hold for a draft too."""
    if content.as_of > about.today:
        message = _("The day lies in the future; report as of today (%(today)s) or an earlier day.")
        raise RuleBroken(message % {"today": wording.day(about.today)}, field="as_of", code="future")
    if content.as_of < about.starts_on:
        message = _("The plan begins on %(day)s; report as of that day or a later one.")
        raise RuleBroken(message % {"day": wording.day(about.starts_on)}, field="as_of", code="before_plan")
    if isinstance(content.progress, bool) or not isinstance(content.progress, int):
        raise RuleBroken(_("Progress is a whole number from 0 to 100."), field="progress", code="type")
    if not 0 <= content.progress <= WHOLE:
        raise RuleBroken(_("Progress is a whole number from 0 to 100."), field="progress", code="range")
    _check_forecast(content, about)


def check_complete(content: Content, last: Reported | None) -> None:
    """What else must hold to submit it."""
    if not (content.done.strip() or content.obstacles.strip()):
        message = _("Say in a sentence what was done since the last report, or what stands in the way.")
        raise RuleBroken(message, field="done", code="missing")
    if last is not None and content.progress < last.progress and not content.obstacles.strip():
        message = _("Progress was %(before)s %% on %(day)s and is lower now; say under obstacles what happened.")
        shown = {"before": last.progress, "day": wording.day(last.as_of)}
        raise RuleBroken(message % shown, field="obstacles", code="progress_fell")


def _check_forecast(content: Content, about: About) -> None:
    """What is whole may have been reached in the past; what is not cannot be expected there."""
    forecast = content.forecast
    if forecast is None or content.progress == WHOLE or forecast.effective_day >= about.today:
        return
    message = _("The forecast has passed (%(day)s); say when you expect it now, or report 100 %%.")
    raise RuleBroken(message % {"day": wording.day(forecast.effective_day)}, field="forecast", code="past")
