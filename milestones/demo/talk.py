"""Who said what about a milestone, who watches which, and who has them in a calendar?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from milestones.conversation import comments, watching
from milestones.feeds import operations as feeds

from .stage import Near, Row, Stage, Telling, When, example


@dataclass(frozen=True)
class Said(Row):
    """By the account `by`; `@` names who is mentioned. `taken_back`: when and why."""

    code: str
    on: When
    by: str
    text: str
    taken_back: tuple[When, str] | None = None

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.on, 13)
        actor = stage.actor(self.by)
        comment = comments.add(stage.milestones[self.code], example(self.text), actor=actor, now=now)
        if self.taken_back:
            on, why = self.taken_back
            now = yield stage.at(on, 18)
            comments.withdraw(comment, reason=example(why), actor=actor, now=now)


@dataclass(frozen=True)
class Watched(Row):
    code: str
    by: str
    anywhere: ClassVar[bool] = True
    begins: ClassVar[When] = (1, 16)

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.begins)
        watching.start(stage.milestones[self.code], actor=stage.actor(self.by), now=now)


@dataclass(frozen=True)
class Subscribed(Row):
    """Has the due dates that concern them in a calendar of their own."""

    by: str
    code: str = ""
    begins: ClassVar[When] = (1, 16)

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.begins)
        feeds.create(actor=stage.actor(self.by), now=now)


ROWS = (
    Subscribed("owner"),
    Watched("FIN-07", "leader"),
    Watched("FIN-08", "leader"),
    Watched("FIN-09", "office"),
    Watched("YSB-04", "office-review"),
    Said("FIN-01", (5, 9), "office", "@金贸处责任人（演示） 平台建设方案何时定稿？请在月报里写明。"),
    Said("FIN-01", (5, 10), "owner", "方案本月中旬定稿，已写入月报。"),
    Said("INN-05", Near(-4), "office", "@高科处责任人（演示） 已逾期，请说明论证会安排。"),
    Said("INN-05", Near(-3), "owner-tec", "论证会下周召开，已准备延期申请。"),
    Said("YSB-04", Near(-8), "leader", "@督查室（演示） 验收是否需要协调？"),
    Said("YSB-04", Near(-7), "office-review", "此条发错节点。", (Near(-7), "发错节点")),
    Said("CTY-03", Near(-5), "owner-tal", "接口验收已排期，按新期限推进。"),
)
