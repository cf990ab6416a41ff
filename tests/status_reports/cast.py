"""Which reports do tests play with?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from milestones.models import Milestone, Person, StatusReport
from milestones.status_reports import operations
from tests.cast import Cast, acting

JUNE_28 = datetime(2023, 6, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SAID: dict[str, Any] = {"as_of": date(2023, 6, 28), "progress": 40, "done": "主体施工"}


def draft(milestone: Milestone, by: Person, *, now: datetime = JUNE_28, **values: Any) -> StatusReport:
    return operations.write(milestone, {**SAID, **values}, actor=acting(by), now=now)


def filed(milestone: Milestone, by: Person, *, now: datetime = JUNE_28, **values: Any) -> StatusReport:
    return operations.file(milestone, {**SAID, "as_of": now.date(), **values}, actor=acting(by), now=now)


def bring(cast: Cast, state: str) -> StatusReport:
    """A report of `owner` on `roof`, in `state`; `colleague` decided where somebody did."""
    report = draft(cast.roof, cast.owner)
    second: Any = {"actor": acting(cast.colleague), "now": JUNE_28}
    if state != "draft":
        operations.submit(report, actor=acting(cast.owner), now=JUNE_28)
    if state == "accepted":
        operations.accept(report, **second)
    if state == "returned":
        operations.return_(report, note="缺数据", **second)
    return report
