"""How are a target's figures and the reasons of its pace said to people?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import wording
from milestones.models import Bound, Health, Target

from .figures import Reason
from .pace import Pace

SIGNS = {Bound.AT_LEAST: "≥ ", Bound.ABOVE: "> ", Bound.AT_MOST: "≤ ", Bound.ABOUT: "≈ "}

HEALTH_REASONS: dict[str, Any] = {
    "not_begun": gettext_lazy("The period begins on %(first)s."),
    "no_reading": gettext_lazy("There is no reading of the period yet."),
    "only_the_first": gettext_lazy("The reading of %(as_of)s is the first one: the way to the goal starts there."),
    "too_early": gettext_lazy("Less than a twelfth of the period had passed on %(as_of)s: too early to judge."),
    "on_pace": gettext_lazy("%(value)s on %(as_of)s, when %(expected)s was expected: on pace."),
    "holds": gettext_lazy("%(value)s on %(as_of)s: as promised."),
    "reached": gettext_lazy("%(value)s on %(as_of)s: the goal is reached."),
    "passed": gettext_lazy("%(value)s on %(as_of)s: more than the promised figure."),
    "passed_edge": gettext_lazy("%(value)s on %(as_of)s: beyond what was promised. Look whether that is wanted."),
    "level": gettext_lazy("%(value)s on %(as_of)s equals the pace, but the promise is to be above it."),
    "behind": gettext_lazy("%(value)s on %(as_of)s, when %(expected)s was expected: %(by)s short."),
    "far_behind": gettext_lazy(
        "%(value)s on %(as_of)s, when %(expected)s was expected: %(by)s short, beyond the tolerance of %(margin)s."
    ),
    "above": gettext_lazy("%(value)s on %(as_of)s, when %(expected)s was expected: %(by)s too much."),
    "far_above": gettext_lazy(
        "%(value)s on %(as_of)s, when %(expected)s was expected: %(by)s too much, beyond the tolerance of %(margin)s."
    ),
    "limit_passed": gettext_lazy("%(value)s on %(as_of)s: the limit for the whole period is broken."),
    "reading_old": gettext_lazy("%(value)s on %(as_of)s was on pace, but nothing was read for a third of the period."),
    "met": gettext_lazy("The period has ended and the promise is kept: %(value)s on %(as_of)s."),
    "ended_passed": gettext_lazy("The period has ended with more than the promised figure: %(value)s on %(as_of)s."),
    "ended_passed_edge": gettext_lazy("The period has ended beyond what was promised: %(value)s on %(as_of)s."),
    "missed": gettext_lazy("The period has ended and the promise is not kept: %(value)s on %(as_of)s."),
    "closing_missing": gettext_lazy("The period has ended, the closing figure is missing: %(value)s on %(as_of)s."),
}  # fmt: skip
METHODS: dict[str, Any] = {
    "no_reading": gettext_lazy("No projection: there is no reading of the period yet."),
    "too_few_readings": gettext_lazy("No projection: too little data, %(have)s of the %(need)s readings it needs."),
    "too_early": gettext_lazy("No projection: too little data, less than a twelfth of the period seen by %(as_of)s."),
    "closing_reading": gettext_lazy("The figure of the period's last day, %(as_of)s."),
    "run_rate": gettext_lazy(
        "The average rate since %(since)s goes on after %(as_of)s; "
        "the band comes from how much %(readings)s readings scatter."
    ),
    "last_rate": gettext_lazy(
        "The rate of %(as_of)s goes on; the band comes from how much %(readings)s readings changed. "
        "Which growth the remaining months need cannot be said without the amounts of the year before."
    ),
}  # fmt: skip
BASES: dict[str, Any] = {
    "level": gettext_lazy("The goal is expected on every day."),
    "by_days": gettext_lazy("In proportion to the calendar days gone; the usual course of a year is not known."),
    "from_first_stock": gettext_lazy("A straight line from %(start)s on %(since)s to the goal on %(until)s."),
    "no_first_stock": gettext_lazy("Not known before the first reading."),
}
DAYS = ("as_of", "first", "since", "until")
FIGURES = ("value", "expected", "by", "margin", "start")


def reason(pace: Pace, target: Target) -> str:
    """Why the health is as it is, as a sentence; a provisional reading is said to be one."""
    said = _say(HEALTH_REASONS, pace.reason, target)
    if not pace.provisional or "value" not in pace.reason.params:
        return said
    return said + " " + _("The reading is provisional.")


def method(pace: Pace, target: Target) -> str:
    """How the projection was made, or what is missing for one."""
    return _say(METHODS, pace.method, target)


def basis(pace: Pace, target: Target) -> str:
    """How the expected value came about."""
    return _say(BASES, pace.basis, target)


def health(pace: Pace) -> str:
    """The word for the health; empty when nothing can be said."""
    return str(Health(pace.health).label) if pace.health else ""


def attainment(pace: Pace) -> str:
    """92.0%; empty when there is none."""
    return "" if pace.attainment is None else figure(_tenth(pace.attainment * 100), "%")


def gap(pace: Pace, unit: str) -> str:
    """+2.5 or −8 with the unit, a growth in percentage points; empty when there is none."""
    if pace.gap is None:
        return ""
    return ("+" if pace.gap > 0 else "") + figure(short(pace.gap), _("points") if unit == "%" else unit)


def band(pace: Pace, unit: str) -> str:
    """86.8 to 114.5 亿元; empty without a projection and without a width."""
    if pace.projection_low is None or pace.projection_high is None or pace.projection_low == pace.projection_high:
        return ""
    words = {"low": figure(short(pace.projection_low), ""), "high": figure(short(pace.projection_high), unit)}
    return _("%(low)s to %(high)s") % words


def goal(target: Target) -> str:
    """≥ 150 家; 2–3 个; 20%."""
    if target.bound == Bound.RANGE and target.value_max is not None:
        return f"{figure(target.value, '')}–{figure(target.value_max, target.unit)}"
    return SIGNS.get(Bound(target.bound), "") + figure(target.value, target.unit)


def figure(value: Decimal, unit: str) -> str:
    """1,000 亿元; 20%; no trailing zeros."""
    text = f"{value.normalize() + 0:,f}".replace("-", "−")
    return text + unit if unit in ("", "%") else f"{text} {unit}"


def short(value: Decimal) -> Decimal:
    """As many decimals as a computed figure of its size can carry: four digits in all where there are decimals."""
    places = max(0, 3 - max(0, value.adjusted()))
    return value.quantize(Decimal(1).scaleb(-min(places, 4)))


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


def _say(words: Mapping[str, Any], told: Reason, target: Target) -> str:
    return str(words[told.code]) % {name: _said(name, value, target) for name, value in told.params.items()}


def _said(name: str, value: str, target: Target) -> str:
    if name in DAYS:
        return wording.day(date.fromisoformat(value), year=target.plan.year)
    if name in FIGURES:
        unit = _("points") if target.unit == "%" and name in ("by", "margin") else target.unit
        return figure(short(Decimal(value)), unit)
    return value
