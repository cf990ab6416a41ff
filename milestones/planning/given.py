"""Is a day and a precision that somebody gave a date of ours?"""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.models.base import PrecisionChoices
from milestones.workdays.periods import FuzzyDate, NotPeriodEnd, Precision


class NotTheLastDay(RuleBroken):
    """The day does not end its period; the message names the one that does."""

    code = "period_end"


def date_of(on: date, precision: str, *, field: str) -> FuzzyDate:
    """The two halves as one date; NotTheLastDay at `field`, or RuleBroken for a precision that there is not."""
    if precision not in list(Precision):
        known = ", ".join(Precision)
        unknown = _("“%(precision)s” is no precision; use one of %(known)s.")
        raise RuleBroken(unknown % {"precision": precision, "known": known}, field=field, code="precision")
    try:
        return FuzzyDate(on, Precision(precision))
    except NotPeriodEnd as error:
        label = PrecisionChoices(precision).label
        message = _("%(on)s does not end its period; the last day of that %(precision)s is %(right)s.")
        shown = {"on": on.isoformat(), "precision": label, "right": error.right_day.isoformat()}
        raise NotTheLastDay(message % shown, field=field) from None
