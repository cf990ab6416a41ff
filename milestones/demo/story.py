"""What has happened so far in a demonstration plan? The same invented year for every plan, told up to today.

Days, statements and figures are examples and say so; they are nobody's statistics. What is `Near` is told in days from
today, of the current plan only; what has a month and a day is told on it, in every plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from milestones.models import Plan
from milestones.planning import lifecycle, operations
from milestones.workdays import Calendar, FuzzyDate

from . import notices, proofs, readings, reports, requests, talk, ties
from .nearby import NEARBY
from .stage import EXAMPLE, Due, Near, Row, Stage, Telling, When, example

__all__ = ["EXAMPLE", "tell"]


@dataclass(frozen=True)
class Chapter(Row):
    """A milestone's work: when it began and was done, by when the office asked for it, and how it went on.

    `then`: "verified", "waiting" (for its verification) or "returned" (two working days after its submission).
    """

    code: str
    started: When
    done: When | None = None
    due: Due | None = None
    then: str = "verified"
    opens: ClassVar[bool] = True

    @property
    def begins(self) -> When:
        return self.started

    def tell(self, stage: Stage) -> Telling:
        milestone, owner = stage.milestones[self.code], stage.owner(self.code)
        now = yield stage.at(self.started)
        if stage.is_current or self.due or self.done is None:  # what is over long since is told in fewer words
            lifecycle.start(milestone, actor=owner, now=now)
        if self.due:
            now = yield stage.on(stage.calendar.add(now.date(), 2))
            reason = example("年度节点分解到期")
            operations.reschedule(milestone, stage.due(self.due), reason=reason, actor=stage.actor("office"), now=now)
        if self.done is None:
            return
        actual = stage.calendar.on_or_before(stage.day(self.done))
        now = yield stage.on(stage.calendar.add(actual, 1))
        link = f"https://demo.lingang.example/{stage.plan.code}/{self.code}"
        lifecycle.submit(
            milestone, actual=FuzzyDate(actual), statement=EXAMPLE, evidence=[(EXAMPLE, link)], actor=owner, now=now
        )
        now = yield stage.on(stage.calendar.add(now.date(), 1 if self.then == "verified" else 2))
        if self.then == "verified":
            lifecycle.verify(milestone, actor=stage.actor("office"), now=now)
        if self.then == "returned":
            note = example("缺首日运行记录，请补充后重新报送")
            lifecycle.return_(milestone, reason=note, actor=stage.actor("office-review"), now=now)


@dataclass(frozen=True)
class Cancelled(Row):
    code: str
    on: When
    why: str

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.on)
        lifecycle.cancel(stage.milestones[self.code], reason=example(self.why), actor=stage.actor("office"), now=now)


@dataclass(frozen=True)
class Nights(Row):
    """When the colours of all milestones are looked at: as the reports of a month should be there, and lately."""

    code: str = ""
    begins: ClassVar[When] = (1, 29)

    def tell(self, stage: Stage) -> Telling:
        ends = range(1, 13) if stage.is_current else (6, 12)
        months = [stage.on(stage.calendar.add(date(stage.plan.year, m, 28), 1), 6) for m in ends]
        lately = [stage.at(Near(-days), 6) for days in (15, 9, 4, 1, 0)] if stage.is_current else []
        for night in sorted([*months, *lately]):
            now = yield night
            if stage.plan.activated_at and now > stage.plan.activated_at:
                stage.night(now)


CHAPTERS = (
    # The months in which it was begun and done, and by when it was wanted
    Chapter("REF-02", (2, 6), (3, 20)),
    Chapter("TRD-03", (2, 13), (4, 18)),
    Chapter("REF-01", (2, 20), (5, 12)),
    Chapter("YSB-07", (3, 6), (5, 26)),
    Chapter("FIN-02", (2, 20), (6, 8)),
    Chapter("IND-01", (3, 1), (6, 28)),
    Chapter("YSB-08", (3, 6), (7, 14), due=(6, 30, "half_year")),  # late: made up
    Chapter("CTY-01", (3, 27), (7, 27)),
    Chapter("INN-04", (2, 27), (8, 25)),
    Chapter("YSB-09", (3, 20), (9, 8)),
    Chapter("INN-02", (4, 3), (9, 26), due=(6, 30, "half_year")),
    Chapter("FIN-06", (4, 10), (10, 20), due=(10, 31, "month")),
    Chapter("CTY-04", (5, 8), (10, 27), due=(10, 31, "month")),
    Chapter("TRD-01", (4, 17), (10, 27)),
    Chapter("INN-01", (3, 1), (11, 8)),
    Chapter("INN-06", (4, 3), (11, 15)),
    Chapter("YSB-01", (4, 10), (11, 20), due=(9, 30, "quarter")),
    Chapter("REF-05", (3, 20), (12, 1)),
    Chapter("IND-03", (3, 13), (12, 8)),
    Chapter("FIN-04", (5, 15), (12, 12)),
    Chapter("FIN-03", (4, 24), (12, 15)),
    Chapter("YSB-02", (5, 15), (12, 18)),
    Chapter("IND-02", (6, 12), (12, 20)),
    Chapter("FIN-01", (3, 13)),
    Chapter("INN-03", (5, 8)),
    Chapter("REF-03", (6, 5)),
    Chapter("FIN-05", (4, 10)),
    Cancelled("FIN-05", (8, 15), "与商业不动产试点合并推进，本节点不再单列"),
    # What lies around today in the current plan, as it went in a plan that is over
    Chapter("INN-05", (3, 20), (6, 20)),
    Chapter("REF-04", (4, 10), (9, 15)),
    Chapter("TRD-02", (5, 22), (9, 28)),
    Chapter("YSB-03", (3, 27), (10, 10)),
    Chapter("CTY-03", (4, 10), (10, 20)),
    Chapter("FIN-08", (3, 1), (10, 30)),
    Chapter("YSB-04", (4, 3), (11, 10)),
    Chapter("FIN-07", (9, 4), (11, 24)),
    Chapter("TRD-04", (5, 10), (11, 30)),
    Chapter("YSB-06", (5, 10), (12, 1)),
    Chapter("FIN-09", (3, 1), (12, 15)),
    Chapter("CTY-02", (4, 3), (12, 18)),
    Chapter("IND-04", (3, 13), (12, 20)),
    Chapter("YSB-05", (5, 8), (12, 21)),
    # In the current plan, counted from today
    Chapter("YSB-04", Near(-70), due=Near(-16)),  # long overdue
    Chapter("YSB-05", Near(-44)),
    Chapter("YSB-03", Near(-50), due=Near(20)),
    Chapter("CTY-03", Near(-40), due=Near(3)),
    Chapter("TRD-02", Near(-36), Near(-7), due=Near(15), then="returned"),
    Chapter("IND-04", Near(-32), Near(-3), due=Near(6), then="waiting"),
)
NEAR_TODAY = frozenset(NEARBY) | {chapter.code for chapter in CHAPTERS if chapter.is_near}
ROWS: Sequence[Row] = (
    *ties.ROWS,
    *CHAPTERS,
    *talk.ROWS,
    *requests.ROWS,
    *notices.ROWS,
    *proofs.ROWS,
    *reports.ROWS,
    *readings.ROWS,
    Nights(),
)


def tell(plan: Plan, *, until: datetime, is_current: bool, calendar: Calendar) -> None:
    """All that happened before `until`, each on its day; `plan` is active."""
    Stage(plan, until, calendar, is_current, NEAR_TODAY).play(ROWS)
