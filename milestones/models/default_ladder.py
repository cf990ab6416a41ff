"""Which steps does every installation start with?"""

from __future__ import annotations

from datetime import date
from typing import Any

# code, anchor, offset in working days, repeats (domain: "Default ladder")
LADDER: tuple[tuple[str, str, int, bool], ...] = (
    ("before-30", "before_due", 30, False),
    ("before-14", "before_due", 14, False),
    ("before-7", "before_due", 7, False),
    ("before-3", "before_due", 3, False),
    ("before-1", "before_due", 1, False),
    ("due", "on_due", 0, False),
    ("overdue-3", "after_due", 3, True),
    ("pace-check", "pace_check", 5, False),
)
ALWAYS = date(2000, 1, 1)


def install(policy: Any, step: Any, version: Any, now: Any) -> None:
    """Store the default policy with these model classes (a migration's or today's), unless there is one."""
    if policy.objects.filter(is_default=True).exists():
        return
    ladder = policy.objects.create(
        code="default",
        name="默认提醒阶梯",
        is_default=True,
        created_at=now,
        updated_at=now,
    )
    for code, anchor, offset, repeats in LADDER:
        rung = step.objects.create(policy=ladder, code=code)
        version.objects.create(
            step=rung,
            effective_from=ALWAYS,
            anchor=anchor,
            offset=offset,
            repeats=repeats,
        )
