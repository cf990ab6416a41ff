"""What was attached to show how far something is, and what was said to it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from milestones.evidence import operations as evidence
from milestones.models import Evidence

from . import pictures
from .stage import Near, Row, Stage, Telling, When, example

FILES = {
    "picture": ("演示图片.png", pictures.as_png),
    "document": ("演示文件.pdf", pictures.as_pdf),
}


@dataclass(frozen=True)
class Attached(Row):
    """A "link", "picture" or "document"; `then`: "verified" or "rejected" by the office, "withdrawn" by the owner."""

    code: str
    on: When
    what: str
    title: str
    then: str = ""
    decided: When | None = None
    why: str = ""

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        owner, office = stage.owner(self.code), stage.actor("office-review")
        now = yield stage.at(self.on, 15)
        piece = self._attach(stage, now)
        if self.decided is None:
            return
        now = yield stage.at(self.decided, 9)
        if self.then == "verified":
            evidence.verify(piece, actor=office, now=now)
        elif self.then == "rejected":
            evidence.reject(piece, reason=example(self.why), actor=office, now=now)
        else:
            evidence.withdraw(piece, reason=example(self.why), actor=owner, now=now)

    def _attach(self, stage: Stage, now: datetime) -> Evidence:
        milestone, owner, title = stage.milestones[self.code], stage.owner(self.code), example(self.title)
        if self.what == "link":
            url = f"https://demo.lingang.example/{stage.plan.code}/{self.code}/{self.begins[0]}"
            return evidence.attach_link(milestone, url=url, title=title, actor=owner, now=now)
        name, drawn = FILES[self.what]
        return evidence.attach_file(milestone, file=BytesIO(drawn()), file_name=name, title=title, actor=owner, now=now)


ROWS = (
    Attached("IND-02", (8, 10), "link", "园区规划公示", "verified", (8, 14)),
    Attached("FIN-01", Near(-15), "document", "平台建设方案", "verified", Near(-13)),
    Attached("FIN-01", Near(-12), "link", "系统联调记录", "rejected", Near(-11), "链接打不开，请换成可访问的地址"),
    Attached("FIN-01", Near(-10), "link", "系统联调记录（重报）", "withdrawn", Near(-9), "内容有误，另行上传"),
    Attached("FIN-01", Near(-4), "picture", "机房现场（示意图，非照片）"),
)
