"""What does each of a crowd do to what it finds? Every verb of every noun, on rows read a moment before."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from milestones.actors import Actor
from milestones.conversation import comments, watching
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.models import (
    Comment,
    Delegation,
    Dependency,
    Evidence,
    Extension,
    HealthOverride,
    Milestone,
    Notice,
    Organisation,
    Person,
    Plan,
    StatusReport,
    Target,
)
from milestones.notices import operations as notices
from milestones.people import delegations, handing_over, organisations
from milestones.people import operations as people
from milestones.planning import dependencies, lifecycle, operations, overrides, plans
from milestones.status_reports import operations as reports
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate
from tests.cast import PHOTO

if TYPE_CHECKING:
    from .crowd import Crowd

NOTHING = object()  # there was nothing to do it to, or nothing differed
UNTOLD = object()  # done, and whether anything had to be written is not told
STAFF = ("office", "colleague", "owner", "other", "coordinator", "leader")
By = dict[str, Any]
Doing = Callable[["Crowd", random.Random, datetime], object]
NEAR = ("plan", "workstream", "lead", "accountable", "submitted_by")


def somebody(crowd: Crowd, chance: random.Random, now: datetime, who: tuple[str, ...] = STAFF) -> By:
    """Half of the time somebody of the office, so that much succeeds; read anew, as at each request."""
    name = chance.choice(who if chance.random() < 0.5 else ("office", "colleague"))
    return {"actor": Actor(person(crowd, name), "web", day=now.date()), "now": now}


def person(crowd: Crowd, name: str) -> Person:
    return Person.objects.select_related("organisation").get(pk=crowd.people[name].pk)


def one(chance: random.Random, rows: Any) -> Any:
    """Any of these rows, the newer ones more often; None when there is none."""
    found = list(rows.order_by("-id")[:4])
    return chance.choice(found) if found else None


def milestone(crowd: Crowd, chance: random.Random) -> Milestone:
    return Milestone.objects.select_related(*NEAR).get(pk=chance.choice(crowd.milestones).pk)


def several(crowd: Crowd, chance: random.Random) -> list[Milestone]:
    """In no order at all."""
    return [
        Milestone.objects.select_related(*NEAR).get(pk=row.pk)
        for row in chance.sample(crowd.milestones, chance.randint(2, 4))
    ]


def day(chance: random.Random, now: datetime) -> FuzzyDate:
    return FuzzyDate(now.date() + timedelta(days=chance.randint(0, 90)))


def of_milestone(verb: Callable[..., object], **words: Any) -> Doing:
    return lambda c, r, now: verb(milestone(c, r), **words, **somebody(c, r, now)) is not False or NOTHING


def of_row(model: Any, verb: Callable[..., object], *near: str, who: tuple[str, ...] = STAFF, **words: Any) -> Doing:
    def do(c: Crowd, r: random.Random, now: datetime) -> object:
        row = one(r, model.objects.select_related(*near))
        return NOTHING if row is None or verb(row, **words, **somebody(c, r, now, who)) is False else row

    return do


def submit(c: Crowd, r: random.Random, now: datetime) -> object:
    what: dict[str, Any] = {"actual": FuzzyDate(now.date()), "statement": "已封顶", "evidence": [PHOTO]}
    lifecycle.submit(milestone(c, r), **what, **somebody(c, r, now))
    return None


def reschedule(c: Crowd, r: random.Random, now: datetime) -> object:
    return operations.reschedule(milestone(c, r), day(r, now), reason="台风", **somebody(c, r, now)) or NOTHING


def forecast(c: Crowd, r: random.Random, now: datetime) -> object:
    return operations.forecast(milestone(c, r), day(r, now), reason="台风", **somebody(c, r, now)) or NOTHING


def edit(c: Crowd, r: random.Random, now: datetime) -> object:
    values: dict[str, Any] = {"title": f"节点 {r.randint(1, 9)}", "lead": unit(c, r)}
    parties = [operations.PartyInput("supporting", unit(c, r), person(c, r.choice(["owner", "other"])))]
    return operations.change(milestone(c, r), values, parties=parties, **somebody(c, r, now)) or NOTHING


def assign(c: Crowd, r: random.Random, now: datetime) -> object:
    to = r.choice([None, person(c, r.choice(["owner", "other", "coordinator"]))])
    return operations.assign([milestone(c, r)], to, reason="分工", **somebody(c, r, now)) or NOTHING


def hand_over_several(c: Crowd, r: random.Random, now: datetime) -> object:
    to = person(c, r.choice(["owner", "other", "coordinator"]))
    return operations.hand_over(several(c, r), to, reason="调岗", **somebody(c, r, now)) or NOTHING


def hand_over_person(c: Crowd, r: random.Random, now: datetime) -> object:
    leaver, to = r.sample(["owner", "other", "coordinator", "speaker", "stranger"], 2)
    how = somebody(c, r, now, ("office",))
    handing_over.hand_over(person(c, leaver), person(c, to), reason="调岗", **how)
    return UNTOLD  # what ends today anyway goes to nobody


def leave_or_return(c: Crowd, r: random.Random, now: datetime) -> object:
    """Somebody leaves, as soon as nothing is in their hands; whoever left comes back."""
    one = person(c, r.choice(["owner", "other", "coordinator", "speaker"]))
    verb = people.deactivate if one.is_active else people.reactivate
    return verb(one, **somebody(c, r, now, ("office",)))


def unit(c: Crowd, r: random.Random) -> Organisation:
    near = ("head", "coordinator", "supervising_leader")
    return Organisation.objects.select_related(*near).get(pk=r.choice(c.units).pk)


def edit_unit(c: Crowd, r: random.Random, now: datetime) -> object:
    coordinator = person(c, r.choice(["coordinator", "speaker", "stranger"]))
    values = {"coordinator": coordinator, "short_name": f"处{r.randint(1, 99)}"}
    return organisations.edit(unit(c, r), values, **somebody(c, r, now)) or NOTHING


def retire_unit(c: Crowd, r: random.Random, now: datetime) -> object:
    """As soon as it leads nothing; and back."""
    found = unit(c, r)
    return organisations.edit(found, {"is_active": not found.is_active}, **somebody(c, r, now, ("office",))) or NOTHING


def edit_plan(c: Crowd, r: random.Random, now: datetime) -> object:
    plan = Plan.objects.get(pk=r.choice(c.plans).pk)
    values = {"tolerance": r.randint(5, 15), "warning_days": r.randint(5, 30)}
    return plans.edit(plan, values, **somebody(c, r, now)) or NOTHING


def said(r: random.Random, now: datetime) -> dict[str, Any]:
    as_of = now.date() - timedelta(days=r.randint(0, 2))
    found = {"as_of": as_of, "progress": r.randint(0, 100), "done": "过半", "obstacles": "台风"}
    return found | ({"forecast": day(r, now)} if r.random() < 0.5 else {})


def write_report(c: Crowd, r: random.Random, now: datetime) -> object:
    return reports.write(milestone(c, r), said(r, now), **somebody(c, r, now))


def file_report(c: Crowd, r: random.Random, now: datetime) -> object:
    return reports.file(milestone(c, r), said(r, now), **somebody(c, r, now))


def request(c: Crowd, r: random.Random, now: datetime) -> object:
    found = milestone(c, r)
    due = FuzzyDate(max(found.due_on, now.date()) + timedelta(days=r.randint(1, 30)))
    return extensions.request(found, due=due, reason="台风", **somebody(c, r, now))


def give_override(c: Crowd, r: random.Random, now: datetime) -> object:
    until = now.date() + timedelta(days=r.randint(0, 3))
    health = r.choice(["green", "yellow", "red"])
    return overrides.give(milestone(c, r), health, reason="研判", until=until, **somebody(c, r, now))


def add_dependency(c: Crowd, r: random.Random, now: datetime) -> object:
    before, after = several(c, r)[:2]
    return dependencies.add(before, after, lag=r.randint(0, 5), **somebody(c, r, now))


def stand_in(c: Crowd, r: random.Random, now: datetime) -> object:
    away, deputy = r.sample(["owner", "other", "coordinator", "leader"], 2)
    first = now.date() + timedelta(days=r.randint(0, 3))
    days: dict[str, Any] = {"starts_on": first, "ends_on": first + timedelta(days=r.randint(0, 2))}
    return delegations.create(person(c, away), person(c, deputy), **days, **somebody(c, r, now, (away,)))


def other_deputy(c: Crowd, r: random.Random, now: datetime) -> object:
    found = one(r, Delegation.objects.select_related("person", "deputy"))
    if found is None:
        return NOTHING
    values = {"deputy": person(c, r.choice(["owner", "other", "coordinator"]))}
    return delegations.edit(found, values, **somebody(c, r, now)) or NOTHING


def end_delegation(c: Crowd, r: random.Random, now: datetime) -> object:
    found = one(r, Delegation.objects.select_related("person", "deputy"))
    if found is None:
        return NOTHING
    last_day_already = found.starts_on <= now.date() == found.ends_on
    delegations.end(found, **somebody(c, r, now))
    return NOTHING if last_day_already else found


def read_target(c: Crowd, r: random.Random, now: datetime) -> object:
    target = Target.objects.select_related("plan").get(pk=c.cast.target.pk)
    row: dict[str, Any] = {"as_of": now.date(), "value": Decimal(r.randint(1, 99)), "source": "统计局"}
    standing = target.readings.filter(as_of=row["as_of"], revised_by=None).first()
    return targets.record_reading(target, **row, revises=standing, **somebody(c, r, now))


def watch(c: Crowd, r: random.Random, now: datetime) -> object:
    verb = r.choice([watching.start, watching.stop])
    verb(milestone(c, r), **somebody(c, r, now))
    return UNTOLD  # who watches already goes on


M = "milestone"
WHOLE = ("milestone__plan", "milestone__lead", "milestone__accountable")
DO: dict[str, Doing] = {
    "milestone.start": of_milestone(lifecycle.start),
    "milestone.submit": submit,
    "milestone.verify": of_milestone(lifecycle.verify),
    "milestone.return": of_milestone(lifecycle.return_, reason="照片不清"),
    "milestone.reopen": of_milestone(lifecycle.reopen, reason="继续"),
    "milestone.cancel": of_milestone(lifecycle.cancel, reason="不建了"),
    "milestone.reschedule": reschedule,
    "milestone.forecast": forecast,
    "milestone.edit": edit,
    "milestone.assign": assign,
    "milestone.hand_over": hand_over_several,
    "person.hand_over": hand_over_person,
    "person.leave": leave_or_return,
    "organisation.edit": edit_unit,
    "organisation.retire": retire_unit,
    "plan.edit": edit_plan,
    "report.write": write_report,
    "report.file": file_report,
    "report.submit": of_row(StatusReport, reports.submit, *WHOLE),
    "report.accept": of_row(StatusReport, reports.accept, *WHOLE),
    "report.return": of_row(StatusReport, reports.return_, *WHOLE, note="写明堵点"),
    "report.discard": of_row(StatusReport, reports.discard, *WHOLE),
    "extension.request": request,
    "extension.approve": of_row(Extension, extensions.approve, *WHOLE, note="同意"),
    "extension.decline": of_row(Extension, extensions.decline, *WHOLE, note="不同意"),
    "extension.withdraw": of_row(Extension, extensions.withdraw, *WHOLE),
    "evidence.attach": of_milestone(evidence.attach_link, url="https://example.org/1.jpg"),
    "evidence.verify": of_row(Evidence, evidence.verify, *WHOLE),
    "evidence.reject": of_row(Evidence, evidence.reject, *WHOLE, reason="看不清"),
    "evidence.withdraw": of_row(Evidence, evidence.withdraw, *WHOLE, reason="传错了"),
    "notice.issue": lambda c, r, now: notices.issue(
        milestone(c, r), level=r.choice(["blue", "yellow", "red"]), matter="加快", **somebody(c, r, now)
    ),
    "notice.sign": of_row(Notice, notices.sign, *WHOLE, "organisation"),
    "notice.reply": of_row(Notice, lambda n, **by: notices.reply(n, "已安排", **by), *WHOLE, "organisation"),
    "notice.cancel": of_row(Notice, notices.cancel, *WHOLE, "organisation", reason="重复"),
    "comment.add": of_milestone(lambda m, **by: comments.add(m, "@owner 请看", **by)),
    "comment.withdraw": of_row(Comment, comments.withdraw, *WHOLE, reason="写错了"),
    "watch": watch,
    "dependency.add": add_dependency,
    "dependency.edit": of_row(Dependency, dependencies.edit, "predecessor__plan", "successor__plan", lag=2),
    "dependency.remove": of_row(Dependency, dependencies.remove, "predecessor__plan", "successor__plan"),
    "override.give": give_override,
    "override.withdraw": of_row(HealthOverride, overrides.withdraw, *WHOLE),
    "delegation.create": stand_in,
    "delegation.edit": other_deputy,
    "delegation.end": end_delegation,
    "target.record": read_target,
}
# What makes room for the rest comes up more often.
OFTEN = ("milestone.reopen", "milestone.submit", "milestone.verify", "milestone.hand_over", "person.hand_over")
NAMES = [*DO, *OFTEN * 3]
