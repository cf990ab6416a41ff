"""Which steps does every installation start with?

Domain: "Default ladder", and the colours of notices. Cities disagree about both: an installation edits its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

OWNER = ["owner", "deputy"]
HEADS = ["owner", "deputy", "coordinator", "head"]
LEADERS = [*HEADS, "supervising_leader"]


def _step(anchor: str, offset: int = 0, **more: Any) -> Mapping[str, Any]:
    return MappingProxyType({"anchor": anchor, "offset": offset, **more})


# All in working days. A notice speaks to whom the domain names; what it says nothing about is as the model has it.
LADDER: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "before-30": _step("before_due", 30),
        "before-14": _step("before_due", 14),
        "before-7": _step("before_due", 7, level="blue"),
        "before-3": _step("before_due", 3),
        "before-1": _step("before_due", 1),
        "due": _step("on_due"),
        "overdue-3": _step("after_due", 3, repeats=True),
        "overdue-5": _step("after_due", 5, level="yellow", audience=HEADS, stops_when_answered=True),
        "overdue-15": _step("after_due", 15, level="red", audience=LEADERS, stops_when_answered=True),
        "pace-check": _step("pace_check", 5),
        "behind": _step("behind_pace", level="yellow", audience=HEADS, stops_when_answered=True),
        "report-3": _step("report_due", 3),
        "report": _step("report_due"),
        "decision": _step("decision_due", audience=["supervising_leader", "deputy"]),
        "decision-late": _step("decision_due", 1, repeats=True, audience=["supervising_leader", "deputy"]),
        "reading": _step("reading_due", audience=["coordinator", "deputy"]),
    }
)
ALWAYS = date(2000, 1, 1)


def install(policy: Any, step: Any, version: Any, now: Any) -> None:
    """Store the default policy, unless there is one."""
    if policy.objects.filter(is_default=True).exists():
        return
    ladder = policy.objects.create(code="default", name="默认提醒阶梯", is_default=True, created_at=now, updated_at=now)
    for code, said in LADDER.items():
        rung = step.objects.create(policy=ladder, code=code)
        version.objects.create(step=rung, effective_from=ALWAYS, **said)
