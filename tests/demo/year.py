"""The year 2023 of the three headline milestones, told by those who live it, with every night and evening between.

Each life is a generator: it yields the moment it waits for, acts, and waits again. Nights assess health; evenings
remind, ask for reports and decisions, and let the mail leave.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heapify, heapreplace
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from milestones.actors import Actor
from milestones.conversation import comments, watching
from milestones.demo import build as demo
from milestones.demo import pictures
from milestones.evidence import operations as evidence
from milestones.extensions import asking as decisions
from milestones.extensions import operations as extensions
from milestones.models import (
    MailState,
    Milestone,
    Notice,
    Organisation,
    OutgoingMail,
    Person,
    Plan,
    Role,
    StatusReport,
    Via,
)
from milestones.notices import operations as notices
from milestones.people import operations as people
from milestones.planning import assessing, lifecycle, operations
from milestones.reminders import delivery, engine
from milestones.status_reports import asking as reports_due
from milestones.status_reports import operations as reports
from milestones.workdays import Calendar, FuzzyDate, Precision

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHOOL, ISLAND, RING = "FIN-07", "FIN-08", "FIN-09"
LINK = "https://example.org/2023"
Life = Generator[datetime, datetime, None]


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2023, month, day, hour, tzinfo=SHANGHAI)


@dataclass
class Stage:
    """The plan of 2023 with nothing in it but the three, and who acts on them."""

    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        demo.build(now=at(1, 12), year=2023)
        names = ("office", "office-review", "coordinator", "leader")
        self.people = {name: Person.objects.get(email=f"{name}@demo.lingang.example") for name in names}
        bureau = Organisation.objects.get(code="FTB")
        for name in ("school", "island", "successor", "ring"):
            values = {"display_name": name, "email": f"{name}@example.org", "organisation": bureau}
            self.people[name] = people.create(
                values, roles=[Role.OWNER], actor=Actor(self.people["office"], Via.ADMIN), now=at(1, 12)
            )
        for other in self._rows().exclude(code__in=(SCHOOL, ISLAND, RING)):
            lifecycle.cancel(other, reason="只看三个节点", actor=self["office"], now=at(1, 12))

    def __getitem__(self, name: str) -> Actor:
        return Actor(self.people[name], Via.ADMIN if name.startswith("office") else Via.WEB)

    def milestone(self, code: str) -> Milestone:
        """As it is now."""
        return self._rows().get(code=code)

    def report(
        self, code: str, progress: int, by: str, *, now: datetime, done: str = "按计划推进", **more: Any
    ) -> StatusReport:
        values = {"as_of": now.date(), "progress": progress, "done": done, **more}
        return reports.file(self.milestone(code), values, actor=self[by], now=now)

    def accept(self, report: StatusReport, now: datetime) -> None:
        reports.accept(report, actor=self["office-review"], now=now)

    def notice(self, code: str) -> Notice:
        """The one that waits."""
        return Notice.objects.open().select_related("milestone__plan", "organisation").get(milestone__code=code)

    def answer(self, code: str, words: str, by: str, now: datetime) -> None:
        notices.reply(self.notice(code), words, actor=self[by], now=now)

    def _rows(self) -> Any:
        return Plan.objects.get(year=2023).milestones.select_related("plan", "accountable", "lead")


def school(stage: Stage) -> Life:
    """滴水湖高级金融学院挂牌: every report in time but one, which came back; done before its day."""
    now = yield at(1, 16)
    watching.start(stage.milestone(SCHOOL), actor=stage["leader"], now=now)
    operations.assign(
        [stage.milestone(SCHOOL)], stage.people["school"], actor=stage["office"], now=now, reason="任务分解"
    )
    now = yield at(2, 10)
    due = FuzzyDate(date(2023, 9, 28))
    operations.reschedule(stage.milestone(SCHOOL), due, reason="节点分解到日", actor=stage["office"], now=now)
    for month, day, progress in ((2, 24, 15), (3, 28, 32), (4, 28, 45)):
        now = yield at(month, day)
        stage.accept(stage.report(SCHOOL, progress, "school", now=now), now)
    now = yield at(5, 26)
    report = stage.report(SCHOOL, 58, "school", now=now)
    now = yield at(5, 29)
    reports.return_(report, note="请写明师资到位情况", actor=stage["office-review"], now=now)
    now = yield at(5, 30)
    words = {"done": "按计划推进；首批师资已到位"}
    reports.file(stage.milestone(SCHOOL), words, actor=stage["school"], now=now, report=report)
    stage.accept(StatusReport.objects.get(pk=report.pk), now)
    weeks = [(8, 11, 90), (8, 18, 91), (8, 25, 92), (9, 1, 93), (9, 8, 95), (9, 15, 97)]
    for month, day, progress in ((6, 28, 70), (7, 28, 85), *weeks):
        now = yield at(month, day)
        stage.accept(stage.report(SCHOOL, progress, "school", now=now), now)
    now = yield at(9, 20)
    stage.answer(SCHOOL, "按期揭牌", "school", now)
    now = yield at(9, 22)
    stage.accept(stage.report(SCHOOL, 98, "school", now=now), now)
    now = yield at(9, 26)
    lifecycle.submit(
        stage.milestone(SCHOOL),
        actual=FuzzyDate(date(2023, 9, 25)),
        statement="学院已揭牌，首批学员入学",
        evidence=[("揭牌通知", f"{LINK}/notice")],
        actor=stage["school"],
        now=now,
    )
    now = yield at(9, 27)
    lifecycle.verify(stage.milestone(SCHOOL), actor=stage["office"], now=now)


def island(stage: Stage) -> Life:
    """中银西岛中心封顶: behind, handed over, extended too late, overdue again, chased by notices, sent back once,
    done late."""
    now = yield at(1, 16)
    operations.assign(
        [stage.milestone(ISLAND)], stage.people["island"], actor=stage["office"], now=now, reason="任务分解"
    )
    now = yield at(2, 10)
    due = FuzzyDate(date(2023, 10, 31))
    operations.reschedule(stage.milestone(ISLAND), due, reason="节点分解到日", actor=stage["office"], now=now)
    for month, day, progress in ((2, 24, 15), (3, 28, 28), (4, 28, 38), (5, 26, 48), (6, 28, 58), (7, 28, 66)):
        now = yield at(month, day)
        stage.accept(stage.report(ISLAND, progress, "island", now=now), now)
    now = yield at(8, 25)
    stage.accept(stage.report(ISLAND, 66, "island", now=now, obstacles="台风停工，塔吊检修"), now)
    now = yield at(8, 28)  # behind its pace since the 25th
    stage.answer(ISLAND, "台风已过，九月赶回", "island", now)
    now = yield at(9, 4)
    operations.hand_over(
        [stage.milestone(ISLAND)], stage.people["successor"], reason="岗位调整", actor=stage["office"], now=now
    )
    now = yield at(10, 13)
    forecast = FuzzyDate(date(2023, 11, 15))
    stage.accept(stage.report(ISLAND, 80, "successor", now=now, forecast=forecast, obstacles="钢结构到货延后"), now)
    now = yield at(10, 23)
    stage.answer(ISLAND, "钢结构未到，将申请延期", "successor", now)
    now = yield at(11, 2)
    request = extensions.request(
        stage.milestone(ISLAND),
        due=FuzzyDate(date(2023, 11, 17)),
        reason="钢结构到货延后两周",
        progress=88,
        actor=stage["successor"],
        now=now,
    )
    now = yield at(11, 3)
    stage.accept(stage.report(ISLAND, 90, "successor", now=now, forecast=forecast), now)
    comments.add(stage.milestone(ISLAND), "@successor 新日期能否保证？", actor=stage["office"], now=now)
    now = yield at(11, 6)
    request.refresh_from_db(fields=["milestone"])  # as the leader reads it: the last report caught up
    extensions.approve(request, note="同意，下不为例", actor=stage["leader"], now=now)
    now = yield at(11, 9)
    stage.answer(ISLAND, "月中封顶", "successor", now)
    now = yield at(11, 27)  # the yellow one of the 24th: 5 working days overdue again
    notices.sign(stage.notice(ISLAND), actor=stage["coordinator"], now=now)
    now = yield at(11, 28)
    stage.answer(ISLAND, "主体已封顶，本周报送", "successor", now)
    now = yield at(11, 29)
    evidence.attach_file(
        stage.milestone(ISLAND),
        file=BytesIO(pictures.as_png()),
        file_name="封顶.png",
        title="封顶现场",
        actor=stage["successor"],
        now=now,
    )
    finished = FuzzyDate(date(2023, 11, 28))
    now = yield at(11, 30)
    lifecycle.submit(stage.milestone(ISLAND), actual=finished, statement="结构封顶", actor=stage["successor"], now=now)
    now = yield at(12, 1)
    lifecycle.return_(stage.milestone(ISLAND), reason="缺监理单位签章", actor=stage["office-review"], now=now)
    now = yield at(12, 4)
    lifecycle.submit(
        stage.milestone(ISLAND),
        actual=finished,
        statement="结构封顶，附监理签章",
        evidence=[("监理签章", f"{LINK}/seal")],
        actor=stage["successor"],
        now=now,
    )
    now = yield at(12, 5)
    lifecycle.verify(stage.milestone(ISLAND), actor=stage["office-review"], now=now)


def ring(stage: Stage) -> Life:
    """荣耀之环结构完成: seen to be late in good time, extended in good time, and then kept."""
    now = yield at(1, 16)
    operations.assign([stage.milestone(RING)], stage.people["ring"], actor=stage["office"], now=now, reason="任务分解")
    now = yield at(2, 10)
    due = FuzzyDate(date(2023, 9, 30), Precision.QUARTER)
    operations.reschedule(stage.milestone(RING), due, reason="节点分解到季度", actor=stage["office"], now=now)
    reported = [(2, 24, 15), (3, 28, 28), (4, 28, 40), (5, 26, 50), (6, 28, 60), (7, 28, 70), (8, 11, 75)]
    for month, day, progress in reported:
        now = yield at(month, day)
        stage.accept(stage.report(RING, progress, "ring", now=now), now)
    now = yield at(8, 18)
    later = FuzzyDate(date(2023, 11, 30), Precision.MONTH)
    stage.accept(stage.report(RING, 76, "ring", now=now, forecast=later, obstacles="节点焊接返工"), now)
    now = yield at(8, 21)
    request = extensions.request(
        stage.milestone(RING), due=later, reason="节点焊接返工", progress=76, actor=stage["ring"], now=now
    )
    now = yield at(8, 23)
    extensions.approve(request, note="同意延至11月", actor=stage["leader"], now=now)
    weeks = [(10, 13, 88), (10, 20, 90), (10, 27, 92), (11, 3, 94), (11, 10, 96), (11, 17, 98)]
    for month, day, progress in ((9, 28, 84), *weeks):
        now = yield at(month, day)
        stage.accept(stage.report(RING, progress, "ring", now=now), now)
    now = yield at(11, 22)
    lifecycle.submit(
        stage.milestone(RING),
        actual=FuzzyDate(date(2023, 11, 21)),
        statement="结构合龙",
        evidence=[("验收记录", f"{LINK}/record")],
        actor=stage["ring"],
        now=now,
    )
    now = yield at(11, 23)
    lifecycle.verify(stage.milestone(RING), actor=stage["office"], now=now)


def live(stage: Stage, lives: Iterable[Callable[[Stage], Life]]) -> None:
    """From 12 January to the end of the year, each day with its night, its deeds and its evening."""
    waiting: list[tuple[datetime, int, Life]] = []
    for place, life in enumerate(lives):
        telling = life(stage)
        waiting.append((next(telling), place, telling))
    heapify(waiting)
    day, days = date(2023, 1, 12), Calendar()
    while day.year == 2023:
        assessing.assess(datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(minutes=30))
        while waiting and waiting[0][0].date() <= day:
            now, place, telling = waiting[0]
            heapreplace(waiting, (_next(telling, now), place, telling))
        if days.is_workday(day):
            evening(day)
        day += timedelta(days=1)


def _next(telling: Life, now: datetime) -> datetime:
    try:
        return telling.send(now)
    except StopIteration:
        return datetime.max.replace(tzinfo=SHANGHAI)


def evening(day: date) -> None:
    """What the day's jobs do, and all mail leaves."""
    now = datetime.combine(day, datetime.max.time().replace(microsecond=0), SHANGHAI)
    engine.sweep(now)
    reports_due.ask(now)
    decisions.ask(now)
    if OutgoingMail.objects.filter(state=MailState.QUEUED).exists():
        delivery.deliver(lambda: now, as_of=now)
