"""What does an installation hold that must survive a backup? A little of everything, with awkward texts."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.contrib.sessions.models import Session
from django.core.cache import cache

from milestones.actors import Actor
from milestones.changes.publish import publish
from milestones.models import Heartbeat, Milestone, Person, Plan
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.workdays.periods import FuzzyDate, Precision

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SYSTEM = Actor.system()
AWKWARD = "中银西岛中心\t“结构封顶”\\N \\. 'a' \"b\"\r\nline two\u2028 😀"


def office(email: str = "office@example.org", password: str | None = "a long enough word", **values: object) -> Person:
    return people.create(
        {"email": email, "display_name": "督查室", **values}, roles=["office"], password=password, actor=SYSTEM, now=NOW
    )


def plan_with_history() -> Plan:
    """An active plan, a person, an assigned and moved milestone, mails, numbered changes; a session and a counter."""
    person = office()
    plan = plans.create(
        {
            "code": "test-2026",
            "title": "测试计划",
            "year": 2026,
            "starts_on": date(2026, 1, 1),
            "ends_on": date(2026, 12, 31),
        },
        actor=SYSTEM,
        now=NOW,
    )
    stream = plans.create_workstream(plan, {"code": "FIN", "title": "金融"}, actor=SYSTEM, now=NOW)
    for number in range(1, 4):
        milestone(plan, stream, number)
    plans.activate(plan, actor=SYSTEM, now=NOW)
    first = Milestone.objects.get(code="FIN-01")
    operations.assign([first], person, actor=SYSTEM, now=NOW)
    due = FuzzyDate(date(2026, 9, 30), Precision.QUARTER)
    operations.reschedule(first, due, reason=AWKWARD, actor=SYSTEM, now=NOW)
    publish()
    Heartbeat.objects.create(name="sweep", at=NOW)
    Session.objects.create(session_key="k" * 32, session_data="x", expire_date=NOW)
    cache.set("attempts", 3)
    return plan


def milestone(plan: Plan, stream: object, number: int) -> Milestone:
    values = {
        "workstream": stream,
        "code": f"FIN-{number:02}",
        "title": f"节点 {number}",
        "description": AWKWARD,
        "kind": "construction",
        "due": FuzzyDate(date(2026, 6, 30), Precision.HALF_YEAR),
    }
    return operations.create(plan, values, actor=SYSTEM, now=NOW)
