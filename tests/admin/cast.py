"""Who and what do these tests play with? Everything is made by the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from milestones.actors import Actor
from milestones.models import Milestone, OutgoingMail, Person, Plan, Reminder, StepVersion, Target, Workstream
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import day_overrides, operations, plans
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate, Precision

SYSTEM = Actor.system()
NOW = datetime(2023, 1, 12, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
YEAR_END = FuzzyDate(date(2023, 12, 31), Precision.YEAR)


@dataclass
class Cast:
    """A plan of three milestones, the office with two people, an owner, and one of each of the others."""

    plan: Plan
    stream: Workstream
    roof: Milestone
    school: Milestone
    rules: Milestone
    target: Target
    office: Person
    colleague: Person
    owner: Person
    other: Person

    def activate(self) -> None:
        plans.activate(self.plan, actor=SYSTEM, now=NOW)
        for milestone in (self.roof, self.school, self.rules, self.target):
            milestone.refresh_from_db()


def person(name: str, *roles: str, organisation: object = None) -> Person:
    values = {"display_name": name, "email": f"{name}@example.org", "organisation": organisation}
    return people.create(values, roles=roles, actor=SYSTEM, now=NOW)


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


def assemble() -> Cast:
    bureau = organisations.create({"code": "FTB", "name": "金融贸易处", "short_name": "金贸处"}, actor=SYSTEM, now=NOW)
    period = {"year": 2023, "starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31)}
    plan = plans.create({"code": "p-2023", "title": "2023年工作要点", **period}, actor=SYSTEM, now=NOW)
    stream = plans.create_workstream(plan, {"code": "FIN", "title": "金融"}, actor=SYSTEM, now=NOW)
    office, colleague = person("office", "office"), person("colleague", "office")
    owner, other = person("owner", "owner", organisation=bureau), person("other", "owner")
    june = FuzzyDate(date(2023, 6, 30), Precision.MONTH)
    measured = {"code": "T1", "name": "增长", "unit": "%", "measure": "flow_growth", "value": 20, "workstream": stream}
    return Cast(
        plan=plan,
        stream=stream,
        roof=milestone(plan, stream, "FIN-01", accountable=owner, lead=bureau),
        school=milestone(plan, stream, "FIN-02", june, lead=bureau),
        rules=milestone(plan, stream, "FIN-03", FuzzyDate(date(2023, 3, 15))),
        target=targets.create(plan, measured, actor=SYSTEM, now=NOW),
        office=office,
        colleague=colleague,
        owner=owner,
        other=other,
    )


def mail_and_reminder(cast: Cast, **values: object) -> tuple[OutgoingMail, Reminder]:
    """A failed mail that carries one reminder."""
    mail = OutgoingMail(
        **{
            "kind": "digest", "recipient": cast.owner, "to": cast.owner.email, "language": "zh-hans", "state": "failed",
            "day": date(2023, 11, 17), "subject": "提醒", "text": "见 http://localhost/do/mute/•••/", "created_at": NOW,
            "html": '<p style="color:red">提醒 <a href="http://localhost/do/mute/•••/">停</a></p>', "due_at": NOW,
            "server_reply": "550 5.1.1 no such user", **values,
        }
    )  # fmt: skip
    mail.save(force_insert=True)
    version = StepVersion.objects.select_related("step").get(step__code="before-30")
    reminder = Reminder(
        milestone=cast.roof, recipient=cast.owner, step=version.step, step_version=version, due_version=1,
        day=date(2023, 11, 17), state="failed", mail=mail, planned_at=NOW, updated_at=NOW,
    )  # fmt: skip
    reminder.save(force_insert=True)
    return mail, reminder


def day_off() -> object:
    return day_overrides.declare(date(2023, 5, 4), is_working=False, note="青年节", actor=SYSTEM, now=NOW)
