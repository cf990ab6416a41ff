"""Is this day worked, and which day is n working days away?

Counting rules and their properties: docs/algorithms/working-days.md.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from milestones.workdays.china import ENGLISH_NAMES, MAKE_UP_NAME, published_year


class DayKind(StrEnum):
    """Why a day is worked or not. The overrides are the office's own, over the published days."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    OVERRIDE_ON = "override_on"
    OVERRIDE_OFF = "override_off"

    @property
    def is_working(self) -> bool:
        """Whether a day of this kind is worked."""
        return self in (DayKind.WORKDAY, DayKind.MAKE_UP, DayKind.OVERRIDE_ON)


class Calendar:
    """China's working days plus day overrides (date → worked). Immutable, hashable, thread-safe.

    Years are worked out when first asked for and kept; every question then costs a bisection
    plus one step for each year between the days.
    """

    __slots__ = ("_key", "_overrides", "_years")

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = MappingProxyType(dict(overrides or {}))
        self._key = tuple(sorted(self._overrides.items()))
        self._years: dict[int, tuple[int, ...]] = {}

    @property
    def overrides(self) -> Mapping[date, bool]:
        """The overrides given, read-only."""
        return self._overrides

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Calendar({dict(self._key)!r})" if self._key else "Calendar()"

    # Questions about one day

    def is_workday(self, day: date) -> bool:
        """Whether `day` is worked: the override if there is one, else the published calendar."""
        override = self._overrides.get(day)
        return published_year(day.year).is_workday(day) if override is None else override

    def kind(self, day: date) -> DayKind:
        """Why `day` is worked or not; an override that changes nothing keeps the published kind."""
        published = published_year(day.year)
        override = self._overrides.get(day)
        if override is not None and override != published.is_workday(day):
            return DayKind.OVERRIDE_ON if override else DayKind.OVERRIDE_OFF
        if day in published.make_up:
            return DayKind.MAKE_UP
        if day in published.days_off:
            return DayKind.HOLIDAY
        return DayKind.WORKDAY if published.is_workday(day) else DayKind.WEEKEND

    def name(self, day: date, language: str = "zh-hans") -> str:
        """国庆节 on a published day off, 班 on a make-up day, else empty; English for `en…`.

        The published name stays when an override changes the day. A weekend inside a holiday
        block carries no name unless it is a statutory day.
        """
        published = published_year(day.year)
        name = MAKE_UP_NAME if day in published.make_up else published.days_off.get(day, "")
        return _in_english(name) if language.startswith("en") else name

    def is_provisional(self, year: int) -> bool:
        """Whether `year` has no published make-up day, so that its days may still change."""
        return published_year(year).is_provisional

    # Steps

    def on_or_before(self, day: date) -> date:
        """The last working day that is not after `day`."""
        return date.fromordinal(self._at(day.year, self._position_after(day) - 1))

    def on_or_after(self, day: date) -> date:
        """The first working day that is not before `day`."""
        return date.fromordinal(self._at(day.year, self._position_before(day)))

    def previous_workday(self, day: date) -> date:
        """The last working day strictly before `day`."""
        return date.fromordinal(self._at(day.year, self._position_before(day) - 1))

    def next_workday(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return date.fromordinal(self._at(day.year, self._position_after(day)))

    def add(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`; n = 0 gives `day` itself, worked or not.

        A negative n subtracts. OverflowError or ValueError past the last year Python's dates hold.
        """
        if n < 0:
            return self.subtract(day, -n)
        if n == 0:
            return day
        return date.fromordinal(self._at(day.year, self._position_after(day) + n - 1))

    def subtract(self, day: date, n: int) -> date:
        """The n-th working day strictly before `day`; n = 0 gives `day` itself, worked or not."""
        if n < 0:
            return self.add(day, -n)
        if n == 0:
            return day
        return date.fromordinal(self._at(day.year, self._position_before(day) - n))

    def count(self, after: date, until: date) -> int:
        """How many working days lie in (after, until]; negative when `until` is before `after`."""
        if until < after:
            return -self.count(until, after)
        between = sum(len(self._days(year)) for year in range(after.year, until.year))
        return between + self._position_after(until) - self._position_after(after)

    # The whole

    def fingerprint(self, years: Iterable[int]) -> str:
        """32 hex digits that change whenever a working day of these years changes.

        The order and repetition of `years` do not matter; the same days give the same digits on
        every machine and under every version of the library.
        """
        digest = hashlib.sha256()
        for year in sorted(set(years)):
            first = date(year, 1, 1).toordinal()
            offsets = ",".join(str(ordinal - first) for ordinal in self._days(year))
            digest.update(f"{year}:{offsets};".encode())
        return digest.hexdigest()[:32]

    def _days(self, year: int) -> tuple[int, ...]:
        """The ordinals of the working days of `year`, rising."""
        found = self._years.get(year)
        if found is None:
            found = self._years[year] = self._work_out(year)
        return found

    def _work_out(self, year: int) -> tuple[int, ...]:
        first = date(year, 1, 1).toordinal()
        last = date(year, 12, 31).toordinal()
        days = map(date.fromordinal, range(first, last + 1))
        return tuple(day.toordinal() for day in days if self.is_workday(day))

    def _position_before(self, day: date) -> int:
        """How many working days of its year lie before `day`."""
        return bisect_left(self._days(day.year), day.toordinal())

    def _position_after(self, day: date) -> int:
        """How many working days of its year lie before or on `day`."""
        return bisect_right(self._days(day.year), day.toordinal())

    def _at(self, year: int, position: int) -> int:
        """The ordinal of the working day at `position` counted from the start of `year`."""
        days = self._days(year)
        while position < 0:
            year -= 1
            days = self._days(year)
            position += len(days)
        while position >= len(days):
            position -= len(days)
            year += 1
            days = self._days(year)
        return days[position]


def _in_english(name: str) -> str:
    return ", ".join(ENGLISH_NAMES.get(part, part) for part in name.split("、") if part)
