"""Who and what do tests play with? Everything is made by the verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from milestones.actors import Actor
from milestones.models import (
    Milestone,
    Organisation,
    Person,
    Plan,
    Reading,
    ReminderPolicy,
    ReminderStep,
    StepVersion,
    Target,
    Via,
    Workstream,
    default_ladder,
)
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle, operations, plans
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate, Precision

SYSTEM = Actor.system()
NOW = datetime(2023, 1, 12, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
LATER = NOW + timedelta(days=30)
TODAY = FuzzyDate(NOW.date())
YEAR_END = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
Q3 = FuzzyDate(date(2023, 9, 30), Precision.QUARTER)
JUNE = FuzzyDate(date(2023, 6, 30), Precision.MONTH)
PHOTO = ("封顶照片", "https://example.org/roof.jpg")


@dataclass
class Cast:
    """A draft plan of three milestones and a target, two units, two people of the office, and one or two of each role.

    `roof` is led by `bureau` and owned by `owner`, `school` by `harbour` and `other`; nobody leads or owns `rules`.
    """

    plan: Plan
    stream: Workstream
    bureau: Organisation
    harbour: Organisation
    roof: Milestone
    school: Milestone
    rules: Milestone
    target: Target
    office: Person
    colleague: Person
    coordinator: Person
    stranger: Person
    owner: Person
    other: Person
    leader: Person
    viewer: Person

    def activate(self) -> None:
        plans.activate(self.plan, actor=SYSTEM, now=NOW)
        self.refresh()

    def close(self) -> None:
        plans.close(self.plan, actor=SYSTEM, now=NOW)
        self.refresh()

    def refresh(self) -> None:
        for row in (self.plan, self.roof, self.school, self.rules, self.target):
            row.refresh_from_db()


def acting(person: Person, via: str = Via.WEB) -> Actor:
    return Actor(person, via)


def person(name: str, *roles: str, organisation: Organisation | None = None, **values: object) -> Person:
    columns = {"display_name": name, "email": f"{name}@example.org", "organisation": organisation, **values}
    return people.create(columns, roles=roles, actor=SYSTEM, now=NOW)


def organisation(code: str, name: str, **values: object) -> Organisation:
    return organisations.create({"code": code, "name": name, **values}, actor=SYSTEM, now=NOW)


def plan(code: str = "p-2023", *, is_demo: bool = False, **values: object) -> Plan:
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    columns = {"code": code, "title": "2023年工作要点", **period, **values}
    return plans.create(columns, actor=SYSTEM, now=NOW, is_demo=is_demo)


def workstream(plan: Plan, code: str = "FIN", title: str = "金融") -> Workstream:
    return plans.create_workstream(plan, {"code": code, "title": title}, actor=SYSTEM, now=NOW)


def milestone(plan: Plan, stream: Workstream, code: str, due: FuzzyDate = YEAR_END, **values: object) -> Milestone:
    columns = {
        "workstream": stream,
        "code": code,
        "title": f"节点 {code}",
        "kind": "construction",
        "due": due,
        **values,
    }
    return operations.create(plan, columns, actor=SYSTEM, now=NOW)


def target(plan: Plan, stream: Workstream, code: str = "T1", **values: object) -> Target:
    columns = {"code": code, "name": "增长", "unit": "%", "measure": "flow_growth", "value": 20, "workstream": stream}
    return targets.create(plan, {**columns, **values}, actor=SYSTEM, now=NOW)


def read(target: Target, value: str = "1.5", as_of: date = date(2023, 1, 10), **values: Any) -> Reading:
    return targets.record_reading(
        target, as_of=as_of, value=Decimal(value), source="统计局", actor=SYSTEM, now=NOW, **values
    )


def assemble(*, is_demo: bool = False) -> Cast:
    default_ladder.install(ReminderPolicy, ReminderStep, StepVersion, NOW)  # emptied tables have lost it
    bureau = organisation("FTB", "金融贸易处", short_name="金贸处")
    harbour = organisation("HBR", "港城集团", kind="state_owned")
    draft = plan(is_demo=is_demo)
    stream = workstream(draft)
    owner = person("owner", "owner", organisation=bureau)
    other = person("other", "owner", organisation=harbour)
    return Cast(
        plan=draft,
        stream=stream,
        bureau=bureau,
        harbour=harbour,
        roof=milestone(draft, stream, "FIN-01", accountable=owner, lead=bureau),
        school=milestone(draft, stream, "FIN-02", JUNE, accountable=other, lead=harbour),
        rules=milestone(draft, stream, "FIN-03", FuzzyDate(date(2023, 3, 15)), kind="policy"),
        target=target(draft, stream, lead=bureau),
        office=person("office", "office"),
        colleague=person("colleague", "office"),
        coordinator=person("coordinator", "coordinator", organisation=bureau),
        stranger=person("stranger", "coordinator", organisation=harbour),
        owner=owner,
        other=other,
        leader=person("leader", "leader"),
        viewer=person("viewer", "viewer"),
    )


def submit(milestone: Milestone, by: Person, *, now: datetime = NOW) -> None:
    how: Any = {"actual": TODAY, "statement": "主体结构已封顶", "evidence": [PHOTO]}
    lifecycle.submit(milestone, **how, actor=acting(by), now=now)


def bring(cast: Cast, milestone: Milestone, state: str) -> None:
    """Bring a planned milestone of the active plan to `state`: its owner submits, the office does the rest."""
    office, owner = acting(cast.office), milestone.accountable or cast.owner
    steps: dict[str, list[Callable[[], object]]] = {
        "planned": [],
        "in_progress": [lambda: lifecycle.start(milestone, actor=office, now=NOW)],
        "submitted": [lambda: submit(milestone, owner)],
        "completed": [
            lambda: submit(milestone, owner),
            lambda: lifecycle.verify(milestone, actor=office, now=NOW),
        ],
        "cancelled": [lambda: lifecycle.cancel(milestone, reason="不再建设", actor=office, now=NOW)],
    }
    for step in steps[state]:
        step()
