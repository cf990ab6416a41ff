"""On which days do the steps of a policy ask for an answer that is expected by a day? Pure.

The rules are told in docs/algorithms/asking.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from milestones.workdays.calendar import Calendar

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A step version that asks: in force on the days in [effective_from, effective_until)."""

    code: str
    offset: int = 0
    working: bool = True
    repeats: bool = False
    most: int | None = None
    audience: frozenset[str] = frozenset({"owner", "deputy"})
    effective_from: date = date.min
    effective_until: date | None = None

    @property
    def last_in_force(self) -> date:
        return date.max if self.effective_until is None else self.effective_until - DAY


@dataclass(frozen=True, slots=True)
class Expected:
    """An answer is expected by `by`. It is not asked for before `opens`; steps that fall on a day of their own go on
    asking until `closes`, those that repeat until `given_up`."""

    by: date
    opens: date = date.min
    closes: date = date.max
    given_up: date = date.max

    def until(self, step: Step) -> date:
        return self.given_up if step.repeats else self.closes


@dataclass(frozen=True, slots=True)
class Asking:
    """One day of asking. `number` is 0 for a step that asks once, 1, 2, … for one that repeats."""

    day: date
    step: Step
    number: int = 0


def askings(expected: Expected, steps: Iterable[Step], days: Calendar, until: date) -> tuple[Asking, ...]:
    """Every day of asking up to `until`, in order, as if no answer came."""
    found = [asking for step in steps for asking in _of_step(expected, step, days, until)]
    return tuple(sorted(found, key=lambda asking: (asking.day, asking.step.code)))


def latest(expected: Expected, step: Step, days: Calendar, day: date) -> Asking | None:
    """The last day of asking of this step that is not after `day`; None when there was none, or when it is over."""
    if not expected.opens <= day <= expected.until(step):
        return None
    if not step.repeats:
        found: Asking | None = _once(expected, step, days)
    else:
        found = _repeat(expected, step, days, min(day, step.last_in_force))
    return found if found is not None and _counts(found, day) else None


def _of_step(expected: Expected, step: Step, days: Calendar, until: date) -> Iterator[Asking]:
    last = min(until, expected.until(step))
    if not step.repeats:
        candidates: Iterable[Asking] = [_once(expected, step, days)]
    else:
        candidates = _repeats(expected, step, days, min(last, step.last_in_force))
    return (asking for asking in candidates if _counts(asking, last))


def _counts(asking: Asking, last: date) -> bool:
    return asking.day <= last and asking.step.effective_from <= asking.day <= asking.step.last_in_force


def _once(expected: Expected, step: Step, days: Calendar) -> Asking:
    """Before the last working day on or before the expected one; what would fall before it opens moves there."""
    by = days.on_or_before(expected.by)
    day = days.subtract(by, step.offset) if step.working else days.on_or_before(by - step.offset * DAY)
    return Asking(day if day >= expected.opens else days.on_or_after(expected.opens), step)


def _repeats(expected: Expected, step: Step, days: Calendar, last: date) -> Iterator[Asking]:
    number = 1
    while (step.most is None or number <= step.most) and (day := _after(expected, step, number, days)) <= last:
        yield Asking(day, step, number)
        number += 1


def _repeat(expected: Expected, step: Step, days: Calendar, day: date) -> Asking | None:
    """The last repeat on or before `day`, without walking through all that came before it."""
    passed = days.count(expected.by, day) if step.working else (day - expected.by).days
    number = passed // step.offset
    if step.most is not None:
        number = min(number, step.most)
    while number >= 1 and (found := _after(expected, step, number, days)) > day:
        number -= 1  # one in calendar days moved past a holiday
    return Asking(found, step, number) if number >= 1 else None


def _after(expected: Expected, step: Step, number: int, days: Calendar) -> date:
    n = step.offset * number
    return days.add(expected.by, n) if step.working else days.on_or_after(expected.by + n * DAY)
