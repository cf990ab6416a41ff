"""How is a date said, so that a fuzzy one never looks exact?"""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.workdays.periods import FuzzyDate, Precision


def day(on: date, *, year: int | None = None) -> str:
    """An exact day: “11月17日”, with its year when that is not `year`."""
    return date_format(on, _("F j") if on.year == year else _("F j, Y"))


def period(value: FuzzyDate, *, year: int | None = None) -> str:
    """The promise in its own precision: 年内, 上半年, 三季度末, 6月底前; with its year unless that is `year`."""
    on = value.on
    if value.precision is Precision.DAY:
        return day(on, year=year)
    words = {
        "year": on.year,
        "month": date_format(on, _("F")),
        "quarter": _quarter((on.month + 2) // 3),
    }
    same = on.year == year
    match value.precision:
        case Precision.MONTH:
            said = _("by the end of %(month)s") if same else _("by the end of %(month)s %(year)s")
        case Precision.QUARTER:
            said = _("by the end of %(quarter)s") if same else _("by the end of %(quarter)s %(year)s")
        case Precision.HALF_YEAR if on.month == 6:
            said = _("in the first half") if same else _("in the first half of %(year)s")
        case Precision.HALF_YEAR:
            said = _("in the second half") if same else _("in the second half of %(year)s")
        case _year:
            said = _("within the year") if same else _("within %(year)s")
    return said % words


def period_with_day(value: FuzzyDate, *, year: int | None = None) -> str:
    """`period`, and for a fuzzy date the day it counts as: 年内（按12月31日计）."""
    if not value.is_fuzzy:
        return period(value, year=year)
    words = {"period": period(value, year=year), "day": date_format(value.on, _("F j"))}
    return _("%(period)s (counted as %(day)s)") % words


def _quarter(number: int) -> str:
    return (_("Q1"), _("Q2"), _("Q3"), _("Q4"))[number - 1]
