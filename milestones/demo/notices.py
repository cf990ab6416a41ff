"""Which numbered notices were issued, and how were they answered?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones.notices import operations as notices
from milestones.notices.matters import matter_for

from .stage import Near, Row, Stage, Telling, When, example


@dataclass(frozen=True)
class Issued(Row):
    """`then`: "signed" or "replied" by who is responsible there, "cancelled" by the office, "" while nobody has."""

    code: str
    level: str
    on: When
    then: str = ""
    answered: When | None = None
    words: str = ""

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        milestone, owner, office = stage.milestones[self.code], stage.owner(self.code), stage.actor("office")
        now = yield stage.at(self.on, 11)
        matter = example(matter_for(milestone, self.level, today=now.date()))
        notice = notices.issue(milestone, level=self.level, matter=matter, actor=office, now=now)
        if self.answered is None:
            return
        now = yield stage.at(self.answered, 16)
        if self.then == "signed":
            notices.sign(notice, actor=owner, now=now)
        elif self.then == "replied":
            notices.reply(notice, example(self.words), actor=owner, now=now)
        else:
            notices.cancel(notice, reason=example(self.words), actor=office, now=now)


ROWS = (
    Issued("YSB-08", "yellow", (7, 7), "replied", (7, 11), "土地交付已办结，7月中旬可完成签约"),
    Issued("FIN-06", "blue", (10, 18), "replied", (10, 19), "已与试点银行签署协议，本周报送办结"),
    Issued("YSB-04", "yellow", Near(-11), "replied", Near(-9), "主体已建成，正在办理验收，计划两周内报送"),
    Issued("FIN-09", "blue", Near(-8), "cancelled", Near(-6), "与会议纪要要求重复，撤销"),
    Issued("TRD-04", "blue", Near(-4), "replied", Near(-2), "施工许可已受理，可按期开工"),
    Issued("INN-05", "yellow", Near(-4), "signed", Near(-3)),
    Issued("YSB-04", "red", Near(-1)),
)
