"""On which days, by whom and on which rows is the story of one plan told?

A row of a table tells itself as a generator: it yields the moment it waits for and goes on when the story is there.
So all rows are told side by side, in the order of their moments, and none of them beyond the present.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from heapq import heappop, heappush
from typing import ClassVar, NamedTuple

from milestones.actors import Actor
from milestones.models import Milestone, Person, Plan, Via
from milestones.planning import assessment
from milestones.workdays import Calendar, FuzzyDate, Precision

EXAMPLE = "演示数据，非实际情况"


class Near(NamedTuple):
    """So many working days from today; a negative number is in the past."""

    days: int


When = tuple[int, int] | Near  # (month, day) of the plan's year: the first working day from then on
Due = tuple[int, int] | tuple[int, int, str] | Near  # (month, day, precision); without one it is exact to the day
Telling = Generator[datetime, datetime, None]


def example(words: str) -> str:
    """Words that say of themselves what they are."""
    return f"【演示】{words}"


class Row:
    """One line of a table. `code` is that of its milestone, `begins` when it is told first."""

    anywhere: ClassVar[bool] = False  # whether it is told of milestones around today, too
    opens: ClassVar[bool] = False  # whether work on its milestone begins with it
    code: str

    @property
    def begins(self) -> When:
        raise NotImplementedError

    @property
    def is_near(self) -> bool:
        return isinstance(self.begins, Near)

    def tell(self, stage: Stage) -> Telling:
        raise NotImplementedError


@dataclass
class Stage:
    """An active plan, told up to `until`. `is_current`: today lies in it, and some milestones were brought near today.

    `nearby` are the codes of which only what is `Near` is told in it.
    """

    plan: Plan
    until: datetime
    calendar: Calendar
    is_current: bool
    nearby: frozenset[str] = frozenset()
    people: dict[str, Person] = field(default_factory=dict)
    milestones: dict[str, Milestone] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {person.pk: person for person in Person.objects.filter(is_demo=True).prefetch_related("grants")}
        self.people = {person.email.partition("@")[0]: person for person in known.values()}
        for milestone in self.plan.milestones.select_related("lead__parent", "lead__supervising_leader"):
            milestone.plan = self.plan
            milestone.accountable = known.get(milestone.accountable_id) if milestone.accountable_id else None
            self.milestones[milestone.code] = milestone

    # --- Days
    def day(self, when: When) -> date:
        if isinstance(when, Near):
            today = self.until.astimezone(self.plan.zone).date()
            return self.calendar.add(today, when.days) if when.days > 0 else self.calendar.subtract(today, -when.days)
        return self.calendar.on_or_after(date(self.plan.year, *when))

    def at(self, when: When, hour: int = 10) -> datetime:
        return self.on(self.day(when), hour)

    def on(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=self.plan.zone)

    def due(self, said: Due) -> FuzzyDate:
        if isinstance(said, Near):
            return FuzzyDate(self.day(said))
        month, day, *precision = said
        return FuzzyDate(date(self.plan.year, month, day), Precision(precision[0] if precision else "day"))

    # --- People
    def actor(self, mailbox: str) -> Actor:
        return Actor(self.people[mailbox], Via.ADMIN if mailbox.startswith("office") else Via.WEB)

    def owner(self, code: str) -> Actor:
        return Actor(self.milestones[code].accountable, Via.WEB)

    # --- Telling
    def play(self, rows: Sequence[Row]) -> None:
        waiting: list[tuple[datetime, int, Telling]] = []
        for place, row in enumerate(self._told(rows)):
            telling = row.tell(self)
            _wait(waiting, place, telling, next(telling, None))
        while waiting and waiting[0][0] <= self.until:
            now, place, telling = heappop(waiting)
            try:
                wanted = telling.send(now)
            except StopIteration:
                continue
            _wait(waiting, place, telling, wanted)

    def night(self, now: datetime) -> None:
        """What the passing of time does to everybody's health; twice, since some of it hangs on that of others."""
        ids = [milestone.pk for milestone in self.milestones.values()]
        if not assessment.refresh_all(ids, now=now) + assessment.refresh_all(ids, now=now):
            return
        columns = ("version", "health", "health_reason", "behind_since", "updated_at")
        for code, *values in self.plan.milestones.values_list("code", *columns):
            for name, value in zip(columns, values, strict=True):
                setattr(self.milestones[code], name, value)

    def _told(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Of a milestone either all that is near today or, when it would begin too early, nothing of it."""
        nearby = self.nearby if self.is_current else frozenset()
        opened = self.plan.activated_at or self.until
        openings = [row for row in rows if row.opens and not row.is_near and row.code not in nearby]
        since = {row.code: self.at(row.begins) for row in openings}
        near = [row for row in rows if row.is_near and row.code]
        too_early = {row.code for row in near if self.at(row.begins) < since.get(row.code, opened)}
        for row in rows:
            if row.anywhere or not row.code:
                yield row
            elif row.is_near:
                if self.is_current and row.code not in too_early:
                    yield row
            elif row.code not in nearby:
                yield row


def _wait(waiting: list[tuple[datetime, int, Telling]], place: int, telling: Telling, wanted: datetime | None) -> None:
    if wanted is not None:
        heappush(waiting, (wanted, place, telling))
