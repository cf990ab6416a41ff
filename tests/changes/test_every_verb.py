"""Does every verb of every object leave one entry an object, from which the present row can be told?

One story runs them all. It fails when there is a model, or a verb that history has a word for, without a step in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from milestones.changes import comparing, present, verbs, verifying
from milestones.changes.publish import publish_all
from milestones.clients import operations as clients
from milestones.conversation import comments, watching
from milestones.evidence import operations as evidence
from milestones.extensions import operations as extensions
from milestones.feeds import operations as feeds
from milestones.mail import gate
from milestones.models import ChangeEntry, ReminderPolicy
from milestones.notices import operations as notices
from milestones.people import (
    bouncing,
    delegations,
    first_passwords,
    organisations,
    privacy,
    second_factors,
    webhooks,
)
from milestones.people import operations as people
from milestones.planning import (
    assessing,
    carry_over,
    day_overrides,
    dependencies,
    lifecycle,
    operations,
    overrides,
    plans,
)
from milestones.planning.operations import PartyInput
from milestones.reminders import policies
from milestones.status_reports import operations as reports
from milestones.targets import operations as targets
from milestones.webhooks import operations as endpoints
from milestones.workdays.periods import FuzzyDate, Precision
from tests.cast import JUNE, NOW, PHOTO, Q3, TODAY, Cast, acting

pytestmark = pytest.mark.django_db

DAY = date(2023, 5, 4)
NEXT_YEAR = FuzzyDate(date(2024, 6, 30), Precision.MONTH)
LATE = FuzzyDate(date(2024, 3, 31))
STEP = policies.StepInput("late", "after_due", 3, repeats=True)
PERIOD = {"year": 2024, "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
READ: dict[str, Any] = {"as_of": NOW.date(), "value": Decimal(3), "source": "统计局"}
LINK = "https://example.org/photo.jpg"
GONE = "550 5.1.1 No such mailbox"
SAID: dict[str, Any] = {"as_of": NOW.date(), "progress": 40, "done": "主体结构过半"}


class World(SimpleNamespace):
    """The cast, and whatever a step made under a name; a minute passes at every step."""

    cast: Cast

    def by(self, person: Any = None) -> dict[str, Any]:
        return {"actor": acting(person or self.cast.office), "now": self.now}

    @property
    def how(self) -> dict[str, Any]:
        return self.by()


def _new_person(w: World) -> None:
    w.leaver = people.create({"display_name": "leaver", "email": "leaver@example.org"}, roles=["owner"], **w.how)


def _new_plan(w: World) -> None:
    w.next = plans.create({"code": "p-2024", "title": "明年", **PERIOD}, **w.how)


def _new_milestone(w: World) -> None:
    values = {"workstream": w.spare, "code": "X-9", "title": "多余", "kind": "other", "due": JUNE}
    w.extra = operations.create(w.next, values, **w.how)


def _new_target(w: World) -> None:
    values = {"code": "T9", "name": "增长", "unit": "%", "measure": "stock", "value": 3}
    w.aim = targets.create(w.next, values, **w.how)


def _stream(w: World) -> None:
    w.spare = plans.create_workstream(w.next, {"code": "S", "title": "备"}, **w.how)


def _wish(w: World) -> None:
    w.wish = extensions.request(w.roof, due=LATE, reason="缺材料", **w.by(w.cast.owner))


def _report(w: World) -> None:
    w.report = reports.write(w.roof, {**SAID, "forecast": LATE}, **w.by(w.cast.owner))


def make(name: str, act: Callable[[World], Any]) -> Callable[[World], None]:
    """The step's result under a name."""

    def step(w: World) -> None:
        setattr(w, name, act(w))

    return step


# fmt: off
# verb as history keeps it, what is done (in this order)
STORY: list[tuple[str, Callable[[World], object]]] = [
    # people and units
    ("person.create", _new_person),
    ("person.edit", lambda w: people.edit(w.leaver, {"send_hour": 9}, roles=["viewer"], **w.how)),
    ("person.set_password", lambda w: people.set_password(w.leaver, "一二三四五六七八九十", **w.how)),
    ("person.set_password", lambda w: people.set_password(w.leaver, "十九八七六五四三二一", **w.how)),
    ("person.give_password", lambda w: first_passwords.give(w.leaver, **w.how)),
    ("second_factor.demand", make("demand", lambda w: second_factors.demand("leader", **w.how))),
    ("second_factor.waive", lambda w: second_factors.waive(w.demand, **w.how)),
    ("person.set_preferences", lambda w: people.set_preferences(w.leaver, {"language": "en"}, **w.how)),
    ("person.mute", lambda w: people.mute_digest(w.leaver, **w.how)),
    ("person.mark_bouncing", lambda w: bouncing.mark_bouncing(w.leaver, GONE, address=w.leaver.email, now=w.now)),
    ("person.clear_bouncing", lambda w: bouncing.clear_bouncing(w.leaver, **w.how)),
    ("person.mute_step", lambda w: people.mute_step(w.leaver, "before-3", **w.how)),
    ("organisation.create", make("unit", lambda w: organisations.create({"code": "N", "name": "新处"}, **w.how))),
    ("organisation.edit", lambda w: organisations.edit(w.unit, {"name": "新新处", "head": w.cast.leader}, **w.how)),
    ("organisation.edit", lambda w: organisations.edit(w.cast.bureau, {"supervising_leader": w.cast.leader}, **w.how)),
    ("webhook.create", make("hook", lambda w: webhooks.create(w.unit, "https://1.1.1.1/hook/s3cret", **w.how))),
    ("webhook.edit", lambda w: webhooks.edit(w.hook, {"url": "https://1.0.0.1/other", "is_active": False}, **w.how)),
    ("webhook.delete", lambda w: webhooks.delete(w.hook, **w.how)),
    ("client.create", make("erp", lambda w: clients.create(
        {"name": "erp", "scopes": ["write"], "plans": [w.cast.plan], "networks": ["10.0.0.0/8"]}, **w.how).client)),
    ("client.edit", lambda w: clients.edit(w.erp, {"name": "ERP", "plans": None, "owner": w.cast.office}, **w.how)),
    ("client.add_token", lambda w: clients.add_token(w.erp, expires_at=w.now + timedelta(days=90), **w.how)),
    ("client.rotate", lambda w: clients.rotate(w.erp, **w.how)),
    ("client.revoke_token", lambda w: clients.revoke_token(w.erp.tokens.earliest("id"), **w.how)),
    ("client.deactivate", lambda w: clients.deactivate(w.erp, **w.how)),
    ("client.reactivate", lambda w: clients.reactivate(w.erp, **w.how)),
    ("endpoint.create", make("wire", lambda w: endpoints.create(
        {"url": "https://1.1.1.1/hook/s3cret"}, client=w.erp, **w.how).endpoint)),
    ("endpoint.edit", lambda w: endpoints.edit(w.wire, {"events": ["milestone.*"], "description": "ERP"}, **w.how)),
    ("endpoint.rotate_secret", lambda w: endpoints.rotate_secret(w.wire, **w.how)),
    ("endpoint.disable", lambda w: endpoints.disable(w.wire, **w.how)),
    ("endpoint.enable", lambda w: endpoints.enable(w.wire, **w.how)),
    ("endpoint.delete", lambda w: endpoints.delete(w.wire, **w.how)),
    ("calendar.declare", make("free", lambda w: day_overrides.declare(DAY, is_working=False, note="青年节", **w.how))),
    ("calendar.withdraw", lambda w: day_overrides.withdraw(w.free, **w.how)),
    ("policy.create", make("policy", lambda w: policies.create_policy({"code": "p", "name": "n"}, [STEP], **w.how))),
    ("policy.edit", lambda w: policies.edit(w.policy, {"name": "阶梯"}, **w.how)),
    ("policy.edit_steps", lambda w: policies.edit_steps(ReminderPolicy.objects.get(is_default=True), [STEP], **w.how)),
    ("policy.copy", make("twin", lambda w: policies.copy(w.policy, {"code": "q", "name": "另一个"}, **w.how))),
    ("policy.make_default", lambda w: policies.make_default(w.policy, **w.how)),
    ("policy.delete", lambda w: policies.delete(w.twin, **w.how)),
    ("mail.pause", lambda w: gate.pause(reason="换服务器", **w.how)),
    ("mail.resume", lambda w: gate.resume(**w.how)),
    ("mail.set_caps", lambda w: gate.set_caps(per_minute=60, per_domain=10, **w.how)),
    # a draft
    ("plan.create", _new_plan),
    ("plan.edit", lambda w: plans.edit(w.next, {"title": "明年要点"}, **w.how)),
    ("workstream.create", _stream),
    ("workstream.edit", lambda w: plans.edit_workstream(w.spare, {"position": 3}, **w.how)),
    ("milestone.create", _new_milestone),
    ("milestone.reschedule", lambda w: operations.reschedule(w.extra, Q3, reason="早", **w.how)),
    ("comment.add", lambda w: comments.add(w.extra, "要吗？", mentions=[w.cast.colleague], **w.how)),
    ("comment.delete", lambda w: operations.delete(w.extra, **w.how)),
    ("milestone.create", _new_milestone),
    ("milestone.delete", lambda w: operations.delete(w.extra, **w.how)),
    ("target.create", _new_target),
    ("target.edit", lambda w: targets.edit(w.aim, {"value": 4}, **w.how)),
    ("target.record", lambda w: targets.record_reading(w.aim, **READ, **w.how)),
    ("target.delete", lambda w: targets.delete(w.aim, **w.how)),
    ("workstream.delete", lambda w: plans.delete_workstream(w.spare, **w.how)),
    # a plan that runs
    ("plan.activate", lambda w: plans.activate(w.cast.plan, **w.how)),
    ("target.record", lambda w: targets.record_reading(w.cast.target, **READ, **w.how)),
    ("milestone.edit", lambda w: operations.change(w.roof, {"title": "新", "weight": 3}, parties=[
        PartyInput("supporting", w.cast.harbour, w.cast.other)], **w.how)),
    ("milestone.assign", lambda w: operations.assign([w.rules], w.cast.owner, **w.how)),
    ("milestone.hand_over", lambda w: operations.hand_over([w.rules], w.cast.other, reason="调岗", **w.how)),
    ("milestone.reschedule", lambda w: operations.reschedule(w.roof, Q3, reason="台风", **w.how)),
    ("milestone.forecast", lambda w: operations.forecast(w.roof, JUNE, reason="快", **w.how)),
    ("milestone.start", lambda w: lifecycle.start(w.school, **w.how)),
    ("dependency.add", make("link", lambda w: dependencies.add(w.rules, w.roof, **w.how))),
    ("dependency.edit", lambda w: dependencies.edit(w.link, lag=3, **w.how)),
    ("dependency.remove", lambda w: dependencies.remove(w.link, **w.how)),
    ("milestone.override_health", make("word", lambda w: overrides.give(
        w.roof, "red", reason="看不清", until=NOW.date() + timedelta(days=9), **w.how))),
    ("milestone.withdraw_override", lambda w: overrides.withdraw(w.word, reason="看清了", **w.how)),
    ("delegation.create", make("deputy", lambda w: delegations.create(
        w.cast.other, w.cast.viewer, starts_on=NOW.date(), ends_on=NOW.date() + timedelta(days=9), **w.how))),
    ("delegation.edit", lambda w: delegations.edit(
        w.deputy, {"ends_on": NOW.date() + timedelta(days=5)}, **w.how)),
    ("delegation.end", lambda w: delegations.end(w.deputy, **w.how)),
    # what is said about a milestone
    ("watch.start", lambda w: watching.start(w.roof, **w.by(w.cast.viewer))),
    ("watch.stop", lambda w: watching.stop(w.roof, **w.by(w.cast.viewer))),
    ("comment.add", make("remark", lambda w: comments.add(w.roof, "请看", mentions=[w.cast.owner], **w.how))),
    ("comment.withdraw", lambda w: comments.withdraw(w.remark, reason="误发", **w.how)),
    ("feed.create", make("feed", lambda w: feeds.create(plan=w.cast.plan, **w.by(w.cast.viewer)))),
    ("feed.revoke", lambda w: feeds.revoke(w.feed, **w.by(w.cast.viewer))),
    ("report.write", make("draft", lambda w: reports.write(w.roof, SAID, **w.by(w.cast.owner)))),
    ("report.discard", lambda w: reports.discard(w.draft, **w.by(w.cast.owner))),
    ("report.write", _report),
    ("report.submit", lambda w: reports.submit(w.report, **w.by(w.cast.owner))),
    ("report.return", lambda w: reports.return_(w.report, note="写明堵点", **w.how)),
    ("report.submit", lambda w: reports.submit(w.report, **w.by(w.cast.owner))),
    ("report.accept", lambda w: reports.accept(w.report, **w.how)),
    ("extension.request", _wish),
    ("extension.withdraw", lambda w: extensions.withdraw(w.wish, note="不必", **w.by(w.cast.owner))),
    ("extension.request", _wish),
    ("extension.decline", lambda w: extensions.decline(w.wish, note="不同意", **w.by(w.cast.leader))),
    ("extension.request", _wish),
    ("extension.approve", lambda w: extensions.approve(w.wish, note="同意", **w.by(w.cast.leader))),
    ("notice.issue", make("slip", lambda w: notices.issue(w.roof, level="blue", matter="加快", **w.how))),
    ("notice.sign", lambda w: notices.sign(w.slip, **w.by(w.cast.owner))),
    ("notice.reply", lambda w: notices.reply(w.slip, "已安排", **w.by(w.cast.owner))),
    ("notice.issue", make("other_slip", lambda w: notices.issue(w.roof, level="yellow", matter="再快", **w.how))),
    ("notice.cancel", lambda w: notices.cancel(w.other_slip, reason="重复", **w.how)),
    ("evidence.attach", make("proof", lambda w: evidence.attach_link(w.roof, url=LINK, **w.by(w.cast.owner)))),
    ("evidence.verify", lambda w: evidence.verify(w.proof, **w.how)),
    ("evidence.reject", lambda w: evidence.reject(w.proof, reason="不清", **w.how)),
    ("evidence.withdraw", lambda w: evidence.withdraw(w.proof, reason="传错", **w.by(w.cast.owner))),
    # its end
    ("milestone.submit", lambda w: lifecycle.submit(w.roof, actual=TODAY, statement="已封顶", evidence=[PHOTO],
                                                    **w.by(w.cast.owner))),
    ("milestone.return", lambda w: lifecycle.return_(w.roof, reason="照片不清", **w.how)),
    ("milestone.submit", lambda w: lifecycle.submit(w.roof, actual=TODAY, statement="已封顶", evidence=[PHOTO],
                                                    **w.by(w.cast.owner))),
    ("milestone.verify", lambda w: lifecycle.verify(w.roof, **w.how)),
    ("milestone.reopen", lambda w: lifecycle.reopen(w.roof, reason="有误", **w.how)),
    ("milestone.health", lambda w: assessing.assess(w.now + timedelta(days=600))),
    ("extension.request", lambda w: extensions.request(w.rules, due=LATE, reason="难", **w.by(w.cast.other))),
    ("extension.lapse", lambda w: lifecycle.cancel(w.rules, reason="不建了", **w.how)),
    ("milestone.reopen", lambda w: lifecycle.reopen(w.rules, reason="还要建", **w.how)),
    ("milestone.cancel", lambda w: lifecycle.cancel(w.rules, reason="不建了", **w.how)),
    ("milestone.carry_over", lambda w: carry_over.carry_over(
        w.cast.plan, w.next, due={"FIN-02": NEXT_YEAR}, codes=["FIN-02"], **w.how)),
    ("plan.create", make("never", lambda w: plans.create({"code": "p-0", "title": "不要", **PERIOD}, **w.how))),
    ("plan.delete", lambda w: plans.delete(w.never, **w.how)),
    ("plan.close", lambda w: plans.close(w.cast.plan, **w.how)),
    ("person.deactivate", lambda w: people.deactivate(w.leaver, **w.how)),
    ("person.reactivate", lambda w: people.reactivate(w.leaver, **w.how)),
    ("person.deactivate", lambda w: people.deactivate(w.leaver, **w.how)),
    ("person.anonymise", lambda w: privacy.anonymise(w.leaver, reason="申请", **w.how)),
]
# fmt: on
def fresh(w: World) -> None:
    """Every step reads its objects anew, as a request does."""
    w.now += timedelta(minutes=1)
    for name, value in [*vars(w).items(), *vars(w.cast).items()]:
        if hasattr(value, "refresh_from_db") and not value._state.adding:
            model = type(value)
            if (found := model._default_manager.filter(pk=value.pk).first()) is not None:
                setattr(w.cast if name in vars(w.cast) else w, name, found)
    w.roof, w.school, w.rules = w.cast.roof, w.cast.school, w.cast.rules


def tell(w: World, verb: str, act: Callable[[World], object]) -> list[str]:
    """What is wrong after one step."""
    fresh(w)
    last = ChangeEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0
    act(w)
    new = list(ChangeEntry.objects.filter(id__gt=last))
    twice = [key for key, count in Counter((e.entity, e.object_id) for e in new).items() if count > 1]
    models = {str(model._meta.model_name): model for model in present.business_models()}
    wrong = [f"{verb}: {key[0]} has several entries" for key in twice]
    wrong += [f"{verb}: recorded are {[e.verb for e in new]}"] if verb not in [e.verb for e in new] else []
    wrong += [f"{verb} is unknown to history" for e in new if verbs.words(e.verb) == e.verb]
    for entry in new:
        wrong += [f"{verb}: {fault}" for fault in comparing.read_again(models[entry.entity], entry.object_id)]
    return wrong


def test_the_story_of_every_verb_can_be_told_from_its_entries(cast: Cast) -> None:
    world = World(cast=cast, now=NOW)
    assert [fault for verb, act in STORY for fault in tell(world, verb, act)] == []
    publish_all()
    assert list(map(str, verifying.faults())) == []
    _nothing_is_left_out()


def _nothing_is_left_out() -> None:
    """A new model, or a new word of history, needs a step."""
    told = set(ChangeEntry.objects.values_list("entity", flat=True))
    assert {model._meta.model_name for model in present.business_models()} - told == set()
    recorded = set(ChangeEntry.objects.values_list("verb", flat=True))
    assert {verb for verb in verbs.WORDS if "." in verb} - recorded == set()
