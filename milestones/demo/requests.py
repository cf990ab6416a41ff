"""Which later dates were asked for, and what was decided?"""

from __future__ import annotations

from dataclasses import dataclass

from milestones.extensions import operations as extensions

from .stage import Due, Near, Row, Stage, Telling, When, example


@dataclass(frozen=True)
class Request(Row):
    """`then`: "approved" or "declined" by the leader, "withdrawn" by who asked, "" while it waits."""

    code: str
    asked: When
    due: Due
    reason: str
    progress: int
    then: str = ""
    decided: When | None = None
    note: str = ""

    @property
    def begins(self) -> When:
        return self.asked

    def tell(self, stage: Stage) -> Telling:
        milestone, owner, leader = stage.milestones[self.code], stage.owner(self.code), stage.actor("leader")
        now = yield stage.at(self.asked, 14)
        extension = extensions.request(
            milestone,
            due=stage.due(self.due),
            reason=example(self.reason),
            progress=self.progress,
            actor=owner,
            now=now,
        )
        if self.decided is None:
            return
        now = yield stage.at(self.decided, 15)
        note = example(self.note)
        if self.then == "approved":
            extensions.approve(extension, note=note, actor=leader, now=now)
        elif self.then == "declined":
            extensions.decline(extension, note=note, actor=leader, now=now)
        else:
            extensions.withdraw(extension, note=note, actor=owner, now=now)


ROWS = (
    Request(
        "INN-02", (7, 5), (9, 30, "quarter"), "合作方设备到货推迟", 70, "approved", (7, 7), "同意，逾期申请下不为例"
    ),
    Request("YSB-01", (9, 12), (11, 30, "month"), "围网验收时间调整", 75, "approved", (9, 14), "同意延至11月底"),
    Request(
        "FIN-06", (9, 20), (11, 30, "month"), "试点银行名单待定", 65, "withdrawn", (9, 22), "名单已定，按原期限推进"
    ),
    Request("CTY-04", (10, 9), (12, 15), "合作机构尚在遴选", 80, "declined", (10, 11), "遴选可并行，按原期限完成"),
    Request(
        "YSB-04", Near(-22), Near(-6), "部分企业入驻延后", 60, "declined", Near(-20), "入驻与建成可分开验收，期限不变"
    ),
    Request(
        "TRD-02", Near(-20), Near(30), "交易系统联调需增加一轮", 70, "withdrawn", Near(-18), "联调已完成，不再申请"
    ),
    Request("CTY-03", Near(-8), Near(25), "平台二期接口需重新验收", 60, "approved", Near(-6), "同意，每周报告进度"),
    Request("YSB-03", Near(-2), Near(40), "首批航线运力协议仍在商签", 55),
    Request("INN-05", Near(-2), Near(20), "专家论证意见需逐条修改", 70),  # after its deadline: late
)
