"""Which questions are put to whom on which day, until they are answered?

Reports, decisions and readings are questions; each capability knows which of them are open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from milestones.mail.asking import Readers, Rounds
from milestones.models import OutgoingMail, Person
from milestones.workdays.calendar import Calendar

from .addressees import Around, Subject
from .asking_days import Asking, Expected, Step, askings, latest

DAY = timedelta(days=1)
ANYWHERE = 2 * DAY  # somewhere it is another day than here


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """`what` is to be answered: a milestone's report, an extension, a target's month."""

    what: Any
    subject: Subject
    expected: Expected
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """A question as it is put to somebody, by the last step that did; `stead` is whom they stand in for."""

    question: Question
    asking: Asking
    stead: Person | None


@dataclass(frozen=True, slots=True)
class Coming:
    """On `day` `person` will be asked for `what`, expected by the end of `by`; `step` asks."""

    day: date
    person: Person
    what: Any
    by: date
    step: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a day of asking is to one person: `addressed` when the step speaks to them, `muted` when they do not want
    it."""

    asking: Asking
    addressed: bool
    muted: bool


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody was asked for an answer, or was not: every day of asking, when the answer came, and their mails."""

    what: Any
    expected: Expected
    told: tuple[Told, ...]
    answered_at: datetime | None
    mails: tuple[OutgoingMail, ...]


class Book:
    """Open questions and the people around them, for days in [first, last]."""

    def __init__(
        self, questions: Sequence[Question], days: Calendar, first: date, last: date, around: Around | None = None
    ) -> None:
        self.questions, self.days, self.first, self.last = questions, days, first, last
        wanted = frozenset[str]().union(*(step.audience for one in questions for step in one.steps))
        subjects = [question.subject for question in questions]
        self.around = around or Around(subjects, wanted, first - ANYWHERE, last + ANYWHERE)

    def put(self, day: date, readers: Readers) -> Mapping[Person, list[Put]]:
        """What has been asked by `day` of each of the readers who are to be asked for something on it."""
        due = self._due(day, readers)
        found: dict[Person, list[Put]] = {person: [] for person in due}
        for question in self.questions if due else ():
            for person, put in self._put(question, day).items():
                if person in due:
                    found[person].append(put)
        return found

    def _due(self, day: date, readers: Readers) -> set[Person]:
        found = set()
        for question in self.questions:
            for asking in _latest(question, self.days, day):
                if asking.day > readers.floor:
                    people = self.around.asked(question.subject, asking.step, day)
                    found |= {one for one in people if readers(one) and asking.day > readers.until(one)}
        return found

    def _put(self, question: Question, day: date) -> Mapping[Person, Put]:
        """For each person by the last step that asked them."""
        found: dict[Person, Put] = {}
        for asking in sorted(_latest(question, self.days, day), key=lambda asking: asking.day):
            for person, stead in self.around.asked(question.subject, asking.step, day).items():
                found[person] = Put(question, asking, stead)
        return found

    def coming(self, rounds: Rounds) -> Iterator[Coming]:
        """What the rounds to come will ask, if nothing changes."""
        day = self.days.on_or_after(self.first)
        while day <= self.last:
            for person, puts in self.put(day, rounds.readers(day)).items():
                for one in puts:
                    question = one.question
                    yield Coming(day, person, question.what, question.expected.by, one.asking.step.code)
            day = self.days.next_workday(day)

    def why(self, question: Question, person: Person, kind: str, answered_at: datetime | None) -> Why:
        every = askings(question.expected, question.steps, self.days, self.last)
        told = tuple(self._told(question, asking, person) for asking in every)
        mails = OutgoingMail.objects.filter(kind=kind, recipient=person, day__gte=self.first, day__lte=self.last)
        return Why(question.what, question.expected, told, answered_at, tuple(mails.order_by("day")))

    def _told(self, question: Question, asking: Asking, person: Person) -> Told:
        addressed = person in self.around.addressed(question.subject, asking.step.audience, asking.day)
        return Told(asking, addressed, asking.step.code in person.muted_steps)


def _latest(question: Question, days: Calendar, day: date) -> tuple[Asking, ...]:
    return _latest_of(question.expected, question.steps, days, day)


def days_around(now: datetime) -> tuple[date, date]:
    """The first and the last day that it may be now, whatever the zone."""
    return now.date() - ANYWHERE, now.date() + ANYWHERE


@lru_cache(maxsize=10_000)
def _latest_of(expected: Expected, steps: tuple[Step, ...], days: Calendar, day: date) -> tuple[Asking, ...]:
    """Many questions are expected by the same day and asked by the same steps."""
    found = (latest(expected, step, days, day) for step in steps)
    return tuple(asking for asking in found if asking is not None)
