"""What hangs on what, who stands in for whom, and where did a leader see it otherwise?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from milestones.people import delegations
from milestones.planning import dependencies, overrides

from .stage import Near, Row, Stage, Telling, When, example


@dataclass(frozen=True)
class Waits(Row):
    """`code` is reached `lag` working days after `on` at the earliest."""

    code: str
    on: str
    lag: int
    anywhere: ClassVar[bool] = True
    begins: ClassVar[When] = (1, 18)

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.begins)
        milestone, office = stage.milestones, stage.actor("office")
        dependencies.add(milestone[self.on], milestone[self.code], lag=self.lag, actor=office, now=now)


@dataclass(frozen=True)
class Overridden(Row):
    code: str
    on: When
    health: str
    until: Near
    why: str

    @property
    def begins(self) -> When:
        return self.on

    def tell(self, stage: Stage) -> Telling:
        now = yield stage.at(self.on, 17)
        overrides.give(
            stage.milestones[self.code],
            self.health,
            reason=example(self.why),
            until=stage.day(self.until),
            actor=stage.actor("leader"),
            now=now,
        )


@dataclass(frozen=True)
class Away(Row):
    """Somebody is away today."""

    who: str
    deputy: str
    begins: ClassVar[When] = Near(-2)
    code: str = ""

    def tell(self, stage: Stage) -> Telling:
        if not stage.is_current or stage.plan.activated_at is None:
            return
        now = yield max(stage.at(self.begins, 9), stage.plan.activated_at)
        delegations.create(
            stage.people[self.who],
            stage.people[self.deputy],
            starts_on=now.astimezone(stage.plan.zone).date(),
            ends_on=stage.day(Near(8)),
            reason=example("外出学习"),
            actor=stage.actor("office"),
            now=now,
        )


ROWS = (
    Waits("TRD-04", "TRD-03", 20),  # the land, then the works
    Waits("FIN-04", "FIN-01", 10),  # the platform, then the pilot
    Waits("YSB-05", "YSB-04", 5),
    Overridden("YSB-03", Near(-1), "yellow", Near(7), "延期申请正在研究，运力协议已原则谈妥"),
    Away("owner-con", "owner-ins"),
)
