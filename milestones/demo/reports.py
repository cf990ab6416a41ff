"""What did owners report, and what did the office say to it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from milestones.models import Milestone, ReportState, State, StatusReport
from milestones.status_reports import drafts, queries
from milestones.status_reports import operations as reports

from .stage import Due, Near, Row, Stage, Telling, When, example

WORK = (
    "完成阶段任务清单梳理",
    "召开专题协调会一次",
    "完成方案修改并征求意见",
    "推进现场工作并完成自查",
    "完成材料汇总和校核",
)
MOST, LEAST = 95, 5  # per cent: who has all of it submits it as done


@dataclass(frozen=True)
class Monthly(Row):
    """A report each month from the first to the last, accepted on the next working day; `ahead` of time by points.

    Of a plan that is over the last two are enough.
    """

    code: str
    first: int
    last: int
    ahead: int = 2

    @property
    def begins(self) -> When:
        return (self.first, 20)

    def tell(self, stage: Stage) -> Telling:
        first = self.first if stage.is_current else max(self.first, self.last - 1)
        for month in range(first, self.last + 1):
            as_of = stage.calendar.on_or_before(date(stage.plan.year, month, 28))
            now = yield stage.on(as_of, 16)
            if stage.milestones[self.code].state != State.IN_PROGRESS:
                return
            report = _file(stage, self.code, as_of, self.ahead, now)
            now = yield stage.on(stage.calendar.add(as_of, 1))
            if report.state == ReportState.SUBMITTED:
                reports.accept(report, actor=stage.actor("office-review"), now=now)


@dataclass(frozen=True)
class Lately(Row):
    """What was reported last of something under way, as of `on`; accepted on the day after, unless it `waits`.

    `returned`: the office's note; `rewritten`: what the owner then added.
    """

    code: str
    on: Near
    ahead: int = 2
    obstacles: str = ""
    forecast: Due | None = None
    waits: bool = False
    returned: str = ""
    rewritten: str = ""

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.on, 16)
        if stage.milestones[self.code].state != State.IN_PROGRESS:
            return
        office = stage.actor("office-review")
        report = _file(stage, self.code, now.date(), self.ahead, now, self)
        if self.waits:
            return
        now = yield stage.on(stage.calendar.add(now.date(), 1), 11)
        if not self.returned:
            reports.accept(report, actor=office, now=now)
            return
        reports.return_(report, note=example(self.returned), actor=office, now=now)
        if self.rewritten:
            now = yield now + timedelta(hours=4)
            words = {"done": f"{report.done}{self.rewritten}"}
            reports.file(report.milestone, words, actor=stage.owner(self.code), now=now, report=report)


@dataclass(frozen=True)
class Begun(Row):
    """A draft that its author has not sent yet."""

    code: str
    on: Near
    done: str

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.on, 17)
        milestone = stage.milestones[self.code]
        values = {"as_of": now.date(), "progress": _progress(milestone, now.date(), 0), "done": example(self.done)}
        drafts.keep(milestone, values, actor=stage.owner(self.code), now=now)


def _file(stage: Stage, code: str, as_of: date, ahead: int, now: datetime, more: Lately | None = None) -> StatusReport:
    milestone = stage.milestones[code]
    values = {
        "as_of": as_of,
        "progress": _progress(milestone, as_of, ahead),
        "done": example(WORK[as_of.month % len(WORK)] + "。"),
        "obstacles": example(more.obstacles) if more and more.obstacles else "",
        "forecast": stage.due(more.forecast) if more and more.forecast else None,
    }
    return reports.file(milestone, values, actor=stage.owner(code), now=now)


def _progress(milestone: Milestone, as_of: date, ahead: int) -> int:
    """In step with time, and `ahead` of it; never less than was said before."""
    starts_on = milestone.plan.starts_on
    passed, total = as_of - starts_on, milestone.due.effective_day - starts_on
    before = queries.last_before(milestone, as_of)
    said = 100 * passed.days // max(total.days, 1) + ahead
    return max(min(max(said, LEAST), MOST), before.progress if before else 0)


ROWS = (
    Monthly("FIN-01", 3, 12, -4),
    Monthly("YSB-01", 4, 11),
    Monthly("INN-02", 4, 9, -6),
    Lately("YSB-04", Near(-17), -30, obstacles="部分企业入驻延后，验收材料不齐"),
    Lately("YSB-03", Near(-4), -20, obstacles="首批航线运力协议仍在商签", forecast=Near(35)),
    Lately("YSB-05", Near(-3)),
    Lately("CTY-03", Near(-9), -15, obstacles="平台二期接口需重新验收"),
    Lately("CTY-03", Near(-2), waits=True),
    Lately("TRD-02", Near(-12)),
    Lately("TRD-02", Near(-2), waits=True),
    Lately("IND-04", Near(-8)),
    # The last of those that are reported on each month, whatever day it is today
    Lately("FIN-03", Near(-3), returned="请写明新增承保户数", rewritten="新增承保户数已列入附表。"),
    Lately("FIN-04", Near(-4), -18),
    Lately("FIN-06", Near(-3)),
    Lately("INN-01", Near(-4)),
    Lately("INN-03", Near(-5), -25, obstacles="依托单位遴选未完成", returned="请写明遴选进度和下一步时间"),
    Lately("INN-06", Near(-3)),
    Lately("IND-02", Near(-2), waits=True),
    Lately("IND-01", Near(-3)),
    Lately("IND-03", Near(-4)),
    Lately("REF-03", Near(-3), -5),
    Lately("REF-05", Near(-4)),
    Lately("TRD-01", Near(-5)),
    Lately("YSB-02", Near(-3), -14),
    Lately("YSB-09", Near(-4)),
    Lately("YSB-08", Near(-3)),
    Lately("CTY-01", Near(-4)),
    Lately("INN-04", Near(-3)),
    Lately("FIN-05", Near(-4)),
    Lately("FIN-01", Near(-5), -4),
    Lately("YSB-01", Near(-3)),
    Lately("INN-02", Near(-4), -6),
    Lately("CTY-04", Near(-2)),
    Begun("FIN-01", Near(-1), "（未写完）系统联调"),
)
