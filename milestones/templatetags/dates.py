"""How do templates say a date?"""

from __future__ import annotations

from datetime import date

from django import template

from milestones import wording
from milestones.workdays.periods import FuzzyDate

register = template.Library()


@register.filter
def fuzzy(value: FuzzyDate | None, year: int | None = None) -> str:
    """`{{ milestone.due|fuzzy:plan.year }}`: 年内, 三季度末, 11月17日; empty when there is no date."""
    return "" if value is None else wording.period(value, year=year)


@register.filter
def fuzzy_with_day(value: FuzzyDate | None, year: int | None = None) -> str:
    """As `fuzzy`, with the day a fuzzy date counts as: 年内（按12月31日计）."""
    return "" if value is None else wording.period_with_day(value, year=year)


@register.filter
def day(value: date | None, year: int | None = None) -> str:
    return "" if value is None else wording.day(value, year=year)
