"""The rules of reminding, told again: plain, slow, from the domain's page, without a line of the application's.

One plan in one time zone, everybody's hour is 8:00 there. Days are counted one by one. Nothing here is clever: where it
and the application differ, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAY = timedelta(days=1)
HOUR = 8
# working days before the last working day: code
BEFORE = {30: "before-30", 14: "before-14", 7: "before-7", 3: "before-3", 1: "before-1"}
NOTICES = {"before-7": "blue", "overdue-5": "yellow", "overdue-15": "red"}
GRAVITY = {"": 0, "blue": 1, "yellow": 2, "red": 3}
SPEAKS_TO = {
    "overdue-5": {"owner", "coordinator", "head"},
    "overdue-15": {"owner", "coordinator", "head", "leader"},
}
ENOUGH = 400  # days after a due date: longer than any story


@dataclass(frozen=True)
class Fall:
    """A step on a day; `nearness` orders steps of one day: past the deadline more, before it less."""

    day: date
    code: str
    number: int
    nearness: int

    @property
    def level(self) -> str:
        return NOTICES.get(self.code, "")

    @property
    def escalates(self) -> bool:
        return self.code in SPEAKS_TO

    @property
    def rank(self) -> tuple[date, int, bool, int]:
        return (self.day, GRAVITY[self.level], self.code != "pace-check", self.nearness)


@dataclass
class Promise:
    """A milestone. `since` is the day from which its present deadline counts."""

    code: str
    due: date
    precision: str
    owner: str | None
    since: date
    version: int = 1
    is_open: bool = True
    forecast: date | None = None
    forecast_is_precise: bool = False
    answered: bool = False  # a notice was, since the deadline counts


@dataclass
class Line:
    """What is due to a person about a promise; `state` planned, carried, sent, or why not."""

    person: str
    promise: str
    version: int
    fall: Fall
    state: str = "planned"

    @property
    def key(self) -> tuple[str, str, int, str, int]:
        return (self.person, self.promise, self.version, self.fall.code, self.fall.number)


@dataclass
class Letter:
    """A mail that waits to leave."""

    person: str
    lines: list[Line]


@dataclass(frozen=True)
class Absence:
    person: str
    deputy: str
    first: date
    last: date
    said: date


@dataclass
class Model:
    """`works` says whether a day is a working day; `started` is the plan's first day."""

    works: Callable[[date], bool]
    started: date
    coordinator: str
    head: str
    leader: str
    promises: dict[str, Promise] = field(default_factory=dict)
    absences: list[Absence] = field(default_factory=list)
    muted: set[str] = field(default_factory=set)
    lines: dict[tuple[str, str, int, str, int], Line] = field(default_factory=dict)
    of_promise: dict[str, list[Line]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    digests: set[tuple[str, date]] = field(default_factory=set)
    open_notices: set[tuple[str, str]] = field(default_factory=set)
    sent: dict[tuple[str, str, int, str, int], date] = field(default_factory=dict)
    _ladders: dict[tuple[date, str], list[Fall]] = field(default_factory=dict)

    # --- what happens -------------------------------------------------------------------------------------------------
    def made(self, code: str, due: date, precision: str, owner: str | None, day: date) -> None:
        self.promises[code] = Promise(code, due, precision, owner, day)

    def moved(self, code: str, due: date, day: date) -> None:
        promise = self.promises[code]
        promise.due, promise.precision, promise.since = due, "day", day
        promise.version += 1
        promise.answered = False

    def handed_over(self, code: str, owner: str, day: date) -> None:
        promise = self.promises[code]
        if promise.owner != owner:
            promise.owner, promise.since, promise.answered = owner, day, False

    def ended(self, code: str) -> None:
        self.promises[code].is_open = False

    def expected(self, code: str, forecast: date, *, precise: bool) -> None:
        self.promises[code].forecast, self.promises[code].forecast_is_precise = forecast, precise

    def answered(self, code: str, level: str) -> None:
        self.open_notices.discard((code, level))
        self.promises[code].answered = True

    # --- a moment at which the schedulers and a worker come by --------------------------------------------------------
    def tick(self, now: datetime, *, server_up: bool) -> None:
        for promise in self.promises.values():
            self._plan(promise, now.date())
        if self.works(now.date()) and now.hour >= HOUR:
            self._issue(now.date())
            self._write(now.date())
        if server_up:
            self.deliver(now)

    def deliver(self, now: datetime) -> None:
        if self.works(now.date()):
            self._send(now.date())

    def _plan(self, promise: Promise, today: date) -> None:
        planned = [line for line in self.of_promise.get(promise.code, []) if line.state == "planned"]
        if not promise.is_open:
            for line in planned:
                line.state = "ended"
            return
        hearers = self._hearers(promise, today)
        for line in planned:
            if line.version != promise.version:
                line.state = "date moved"
            elif not self._since(line.fall.code, hearers.get(line.person, [])):
                line.state = "handed over"
        for person, roles in hearers.items():
            self._plan_for(promise, person, roles, today)

    def _plan_for(self, promise: Promise, person: str, roles: list[tuple[str, date]], today: date) -> None:
        fallen = []
        for fall in self._ladder(promise):
            if fall.day > today:
                break
            since = self._since(fall.code, roles)
            if since and since <= fall.day:
                fallen.append(fall)
        fallen.sort(key=lambda fall: fall.rank)
        for fall in fallen:
            line = Line(person, promise.code, promise.version, fall)
            if line.key not in self.lines:
                self.lines[line.key] = line
                self.of_promise.setdefault(promise.code, []).append(line)
        for line in self.of_promise.get(promise.code, []):
            if (line.person, line.version, line.state) == (person, promise.version, "planned"):
                line.state = self._held_back(line, promise, fallen)

    def _held_back(self, line: Line, promise: Promise, fallen: list[Fall]) -> str:
        wanted = [fall for fall in fallen if not self._mutes(line.person, fall)]
        rivals = [fall for fall in wanted if fall.escalates] if line.fall.escalates else wanted
        if rivals and rivals[-1] != line.fall and rivals[-1].day >= line.fall.day:
            return "superseded"
        if line.fall.code == "pace-check" and promise.forecast_is_precise:
            return "forecast given"
        return "muted" if self._mutes(line.person, line.fall) else "planned"

    def _mutes(self, person: str, fall: Fall) -> bool:
        return person in self.muted and not fall.level and fall.code in (*BEFORE.values(), "pace-check")

    def _stands(self, promise: Promise, day: date) -> bool:
        """Somebody answered a notice, and the date they expect has not gone by."""
        return promise.answered and promise.forecast is not None and day <= promise.forecast

    def _issue(self, today: date) -> None:
        """One notice for all who hear of one step; while one of its level is open they are reminded without another."""
        groups: dict[tuple[str, int, str, int], list[Line]] = {}
        for line in self.lines.values():
            if line.state == "planned" and line.fall.level:
                groups.setdefault(line.key[1:], []).append(line)
        for group in groups.values():
            promise = self.promises[group[0].promise]
            if group[0].fall.escalates and promise.is_open and self._stands(promise, today):
                continue  # until the day that the answer promised has passed
            self.open_notices.add((group[0].promise, group[0].fall.level))
            for line in group:
                line.state = "carried"
                self.letters.append(Letter(line.person, [line]))

    def _write(self, today: date) -> None:
        """One digest a person and day; what is due on the very day after it has left goes at once, the rest waits."""
        planned = [line for line in self.lines.values() if line.state == "planned" and not line.fall.level]
        for person in sorted({line.person for line in planned}):
            due = [line for line in planned if line.person == person]
            if (person, today) in self.digests:
                due = [line for line in due if line.fall.code == "due" and line.fall.day == today]
            if due:
                self.digests.add((person, today))
                for line in due:
                    line.state = "carried"
                self.letters.append(Letter(person, due))

    def _send(self, today: date) -> None:
        waiting, self.letters = self.letters, []
        for letter in waiting:
            for line in letter.lines:
                line.state = self._still(line, today) if line.state == "carried" else line.state
            for line in letter.lines:
                if line.state == "carried":
                    line.state = "sent"
                    self.sent[line.key] = today

    def _still(self, line: Line, today: date) -> str:
        promise = self.promises[line.promise]
        if not promise.is_open:
            return "ended"
        if line.version != promise.version:
            return "date moved"
        if not self._since(line.fall.code, self._hearers(promise, today).get(line.person, [])):
            return "handed over"
        if not line.fall.level and any(
            other.key[:3] == line.key[:3]
            and other.fall.day > line.fall.day
            and other.state in ("planned", "carried", "sent")
            for other in self.of_promise[line.promise]
        ):
            return "superseded"
        if self._mutes(line.person, line.fall):
            return "muted"
        return "forecast given" if line.fall.code == "pace-check" and promise.forecast_is_precise else "carried"

    # --- who ----------------------------------------------------------------------------------------------------------
    def _hearers(self, promise: Promise, today: date) -> dict[str, list[tuple[str, date]]]:
        """person → (role, the first day that counts)."""
        found: dict[str, list[tuple[str, date]]] = {}
        people = (
            ("owner", promise.owner or self.coordinator),
            ("coordinator", self.coordinator),
            ("head", self.head),
            ("leader", self.leader),
        )
        for role, person in people:
            found.setdefault(person, []).append((role, promise.since))
        for absence in self.absences:
            if absence.first <= today <= absence.last:
                for role, person in people:
                    if person == absence.person:
                        since = max(promise.since, absence.said, absence.first)
                        found.setdefault(absence.deputy, []).append((role, since))
        return found

    def _since(self, code: str, roles: list[tuple[str, date]]) -> date | None:
        """From which day this step counts for somebody in these roles; None when it does not speak to them."""
        days = [since for role, since in roles if role in SPEAKS_TO.get(code, {"owner"})]
        return min(days) if days else None

    # --- when ---------------------------------------------------------------------------------------------------------
    def _ladder(self, promise: Promise) -> list[Fall]:
        fuzzy = promise.precision if not promise.forecast_is_precise else "day"
        key = (promise.due, fuzzy)
        if key not in self._ladders:
            self._ladders[key] = sorted(self._falls(promise.due, fuzzy), key=lambda fall: fall.day)
        return self._ladders[key]

    def _falls(self, due: date, precision: str) -> Iterator[Fall]:
        last = self._on_or_before(due)
        yield Fall(last, "due", 0, 0)
        yield from self._before(last)
        yield from self._after(due)
        if precision in ("quarter", "half_year", "year"):
            yield from self._pace_checks(due)

    def _before(self, last: date) -> Iterator[Fall]:
        back, day = 0, last
        while back < max(BEFORE):
            day -= DAY
            if self.works(day):
                back += 1
                if back in BEFORE:
                    yield Fall(day, BEFORE[back], 0, -back)

    def _after(self, due: date) -> Iterator[Fall]:
        over, day = 0, due
        while day < due + ENOUGH * DAY:
            day += DAY
            if self.works(day):
                over += 1
                if over % 3 == 0:
                    yield Fall(day, "overdue-3", over // 3, over)
                if over in (5, 15):
                    yield Fall(day, f"overdue-{over}", 0, over)

    def _pace_checks(self, due: date) -> Iterator[Fall]:
        number = 0
        for year in range(self.started.year, due.year + 1):
            for month, last in ((3, 31), (6, 30), (9, 30), (12, 31)):
                end = date(year, month, last)
                if end < date(self.started.year, 1, 1):
                    continue
                number += 1
                day, back = self._on_or_before(end), 0
                while back < 5:
                    day -= DAY
                    back += self.works(day)
                if day <= due:
                    yield Fall(day, "pace-check", number, 0)

    def _on_or_before(self, day: date) -> date:
        while not self.works(day):
            day -= DAY
        return day
