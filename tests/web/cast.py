"""Who looks at the pages, and at what? Everything is made by the verbs; it is Thursday 21 September 2023."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from milestones.actors import Actor
from milestones.models import Milestone, Person, Plan, Workstream
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import operations, plans
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate, Precision

SYSTEM = Actor.system()
ZONE = ZoneInfo("Asia/Shanghai")
JANUARY = datetime(2023, 1, 12, 9, tzinfo=ZONE)
TODAY = datetime(2023, 9, 21, 10, tzinfo=ZONE)
YEAR_END = FuzzyDate(date(2023, 12, 31), Precision.YEAR)
PASSWORD = "a long enough word"
ROWS = ("roof", "ring", "school", "secret")


@dataclass
class Cast:
    """`roof` is the owner's and due on 31 October; `ring` is overdue; `school` has no owner; `plan` is active."""

    plan: Plan
    draft: Plan
    stream: Workstream
    roof: Milestone
    ring: Milestone
    school: Milestone
    secret: Milestone
    office: Person
    colleague: Person
    owner: Person
    coordinator: Person
    leader: Person
    viewer: Person
    outsider: Person


def assemble() -> Cast:
    bureau = organisations.create(
        {"code": "FTB", "name": "金融贸易处", "short_name": "金贸处"}, actor=SYSTEM, now=JANUARY
    )
    other = organisations.create({"code": "TAL", "name": "人才处"}, actor=SYSTEM, now=JANUARY)
    cast = {name: person(name, "office") for name in ("office", "colleague")}
    cast |= {
        "owner": person("owner", "owner", unit=bureau),
        "coordinator": person("coordinator", "coordinator", unit=bureau),
        "leader": person("leader", "leader"),
        "viewer": person("viewer", "viewer"),
        "outsider": person("outsider", "owner", "coordinator", unit=other),
    }
    plan, stream = make_plan("p-2023")
    draft, draft_stream = make_plan("p-2024")
    day = FuzzyDate(date(2023, 10, 31))
    mine = {"accountable": cast["owner"], "lead": bureau}
    roof = make(
        plan, stream, "FIN-08", day, title="中银西岛中心结构封顶", kind="construction", criterion="验收记录", **mine
    )
    ring = make(plan, stream, "FIN-09", FuzzyDate(date(2023, 9, 15)), title="“荣耀之环”结构完成", **mine)
    school = make(
        plan, stream, "FIN-07", title="滴水湖高级金融学院挂牌运行", title_en="Institute inaugurated", lead=bureau
    )
    secret = make(draft, draft_stream, "FIN-01", title="下一年的节点")
    rise = {"code": "FIN-T1", "name": "贷款余额增长", "unit": "%", "measure": "stock_growth", "value": 20}
    target = targets.create(plan, {**rise, "workstream": stream}, actor=SYSTEM, now=JANUARY)
    plans.activate(plan, actor=SYSTEM, now=JANUARY)
    target.refresh_from_db()
    value = Decimal("18.3")
    targets.record_reading(target, as_of=date(2023, 8, 31), value=value, source="月报", actor=SYSTEM, now=TODAY)
    rows = {
        name: Milestone.objects.get(pk=one.pk) for name, one in zip(ROWS, (roof, ring, school, secret), strict=True)
    }
    return Cast(plan=plan, draft=draft, stream=stream, **rows, **cast)  # type: ignore[arg-type]  # names match the fields


def person(name: str, *roles: str, unit: object = None) -> Person:
    values = {"display_name": f"{name} 某", "email": f"{name}@example.org", "organisation": unit}
    return people.create(values, roles=roles, password=PASSWORD, actor=SYSTEM, now=JANUARY)


def make_plan(code: str) -> tuple[Plan, Workstream]:
    year = int(code[-4:])
    period = {"year": year, "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
    plan = plans.create({"code": code, "title": f"{year}年度工作要点", **period}, actor=SYSTEM, now=JANUARY)
    return plan, plans.create_workstream(plan, {"code": "FIN", "title": "金融"}, actor=SYSTEM, now=JANUARY)


def make(plan: Plan, stream: Workstream, code: str, due: FuzzyDate | None = None, **values: object) -> Milestone:
    end = FuzzyDate(plan.ends_on, Precision.YEAR)
    columns = {"workstream": stream, "code": code, "kind": "event", "due": due or end, **values}
    return operations.create(plan, columns, actor=SYSTEM, now=JANUARY)
