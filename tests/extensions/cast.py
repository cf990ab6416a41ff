"""Which requests do tests play with?"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from milestones.extensions import operations
from milestones.models import Extension, Milestone, OutgoingMail, Person
from milestones.workdays.periods import FuzzyDate, Precision
from tests.cast import SYSTEM, Cast, acting

DECEMBER = datetime(2023, 12, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Friday
Q1 = FuzzyDate(date(2024, 3, 31), Precision.QUARTER)


def asked(milestone: Milestone, by: Person, *, now: datetime = DECEMBER, **values: Any) -> Extension:
    said: dict[str, Any] = {"due": Q1, "reason": "台风停工三周", "progress": 60, **values}
    return operations.request(milestone, **said, actor=acting(by), now=now)


def supervised(cast: Cast) -> Cast:
    """`leader` supervises the unit that leads `roof`."""
    from milestones.people import organisations

    organisations.edit(cast.bureau, {"supervising_leader": cast.leader}, actor=SYSTEM, now=DECEMBER)
    cast.roof.refresh_from_db()
    return cast


def bring(cast: Cast, state: str) -> Extension:
    """A request of `owner` for `roof` in `state`; `leader` decided where somebody did. No mails are left."""
    extension = asked(cast.roof, cast.owner)
    leader: Any = {"actor": acting(cast.leader), "now": DECEMBER}
    if state == "approved":
        operations.approve(extension, **leader)
    if state == "declined":
        operations.decline(extension, note="可以赶回来", **leader)
    if state == "withdrawn":
        operations.withdraw(extension, actor=acting(cast.owner), now=DECEMBER)
    OutgoingMail.objects.all().delete()
    return extension
