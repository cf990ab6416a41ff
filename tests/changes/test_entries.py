"""Does every verb leave exactly one entry an object, that says what, who, by which way in and why?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from milestones.models import ChangeEntry, Evidence, NextLook, Via
from milestones.models.base import Versioned
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import day_overrides, lifecycle, operations, plans
from milestones.planning.operations import PartyInput
from milestones.targets import operations as targets
from milestones.workdays.periods import FuzzyDate, Precision
from tests import cast as casting
from tests.cast import JUNE, LATER, PHOTO, Q3, SYSTEM, TODAY, YEAR_END, Cast, acting
from tests.changes.replaying import alike, entries, present, replayed

pytestmark = pytest.mark.django_db

OCTOBER = FuzzyDate(date(2023, 10, 16))


def by(cast: Cast, via: str = Via.ADMIN) -> dict[str, Any]:
    return {"actor": acting(cast.office, via), "now": LATER}


def submitted(c: Cast) -> None:
    casting.submit(c.roof, c.owner)


def party(c: Cast) -> list[PartyInput]:
    return [PartyInput("supporting", c.harbour, c.other)]


# verb as recorded, the object, what was done before, the act, the columns it changes, the reason it keeps
Row = tuple[str, str, Callable[[Cast], object], Callable[[Cast], object], str, str]


def nothing(c: Cast) -> None: ...


TABLE: list[Row] = [
    ("milestone.edit", "roof", nothing, lambda c: operations.change(c.roof, {"title": "新", "weight": 3}, **by(c)),
     "title weight", ""),
    ("milestone.edit", "roof", nothing, lambda c: operations.change(c.roof, {}, parties=party(c), **by(c)),
     "parties", ""),
    ("milestone.edit", "roof", nothing,
     lambda c: operations.change(c.roof, {"title": "新", "due": Q3}, reason="台风", **by(c)),
     "title due_on due_precision due_version", "台风"),
    ("milestone.reschedule", "roof", nothing, lambda c: operations.reschedule(c.roof, Q3, reason="台风", **by(c)),
     "due_on due_precision due_version", "台风"),
    ("milestone.forecast", "roof", nothing, lambda c: operations.forecast(c.roof, JUNE, reason="快", **by(c)),
     "forecast_on forecast_precision", "快"),
    ("milestone.assign", "rules", nothing, lambda c: operations.assign([c.rules], c.owner, **by(c)),
     "accountable_id", ""),
    ("milestone.assign", "roof", nothing, lambda c: operations.assign([c.roof], None, **by(c)), "accountable_id", ""),
    ("milestone.hand_over", "roof", nothing, lambda c: operations.hand_over([c.roof], c.other, reason="调岗", **by(c)),
     "accountable_id", "调岗"),
    ("milestone.start", "roof", nothing, lambda c: lifecycle.start(c.roof, **by(c)), "state", ""),
    ("milestone.submit", "roof", nothing,
     lambda c: lifecycle.submit(c.roof, actual=TODAY, statement="已封顶", evidence=[PHOTO], **by(c)),
     "state statement actual_on actual_precision submitted_by_id submitted_at", "已封顶"),
    ("milestone.verify", "roof", submitted, lambda c: lifecycle.verify(c.roof, **by(c)),
     "state verified_by_id verified_at", ""),
    ("milestone.return", "roof", submitted, lambda c: lifecycle.return_(c.roof, reason="照片不清", **by(c)),
     "state actual_on actual_precision submitted_by_id submitted_at", "照片不清"),
    ("milestone.cancel", "roof", nothing, lambda c: lifecycle.cancel(c.roof, reason="不建了", **by(c)),
     "state", "不建了"),
    ("milestone.reopen", "roof", lambda c: casting.bring(c, c.roof, "completed"),
     lambda c: lifecycle.reopen(c.roof, reason="有误", **by(c)),
     "state actual_on actual_precision submitted_by_id submitted_at verified_by_id verified_at", "有误"),
    ("plan.edit", "plan", nothing, lambda c: plans.edit(c.plan, {"title": "要点"}, **by(c)), "title", ""),
    ("plan.close", "plan", nothing, lambda c: plans.close(c.plan, reason="年终", **by(c)), "state closed_at", "年终"),
    ("workstream.edit", "stream", nothing, lambda c: plans.edit_workstream(c.stream, {"position": 2}, **by(c)),
     "position", ""),
    ("target.edit", "target", nothing, lambda c: targets.edit(c.target, {"value": Decimal("21.5")}, **by(c)),
     "value", ""),
    ("organisation.edit", "bureau", nothing, lambda c: organisations.edit(c.bureau, {"name": "新处"}, **by(c)),
     "name", ""),
    ("person.edit", "owner", nothing, lambda c: people.edit(c.owner, {"send_hour": 9}, roles=["viewer"], **by(c)),
     "roles send_hour", ""),
    ("person.deactivate", "viewer", nothing, lambda c: people.deactivate(c.viewer, **by(c)),
     "deactivated_at is_active", ""),
    ("person.reactivate", "viewer", lambda c: people.deactivate(c.viewer, **by(c)),
     lambda c: people.reactivate(c.viewer, **by(c)), "deactivated_at is_active", ""),
    ("person.set_preferences", "viewer", nothing,
     lambda c: people.set_preferences(c.viewer, {"language": "en"}, **by(c)), "language", ""),
    ("person.mute", "viewer", nothing, lambda c: people.mute_digest(c.viewer, **by(c)), "digest_muted", ""),
    ("person.set_password", "viewer", nothing, lambda c: people.set_password(c.viewer, "一二三四五六七八九十", **by(c)),
     "password", ""),
]  # fmt: skip


# Of a milestone whose dates or state move; whether it does is told in tests/planning/test_assessment.py.
FOLLOWS = {"health", "health_reason", "behind_since"}


@pytest.mark.parametrize(("verb", "name", "before", "act", "columns", "reason"), TABLE, ids=[r[0] for r in TABLE])
def test_one_entry_with_its_difference_actor_way_in_and_reason(
    running: Cast, verb: str, name: str, before: Any, act: Any, columns: str, reason: str
) -> None:
    obj: Versioned = getattr(running, name)
    before(running)
    last = ChangeEntry.objects.latest("id").id
    act(running)
    new = [entry for entry in entries(obj) if entry.id > last]
    assert [(e.verb, e.op, e.version, e.entity) for e in new] == [(verb, "update", obj.version, obj._meta.model_name)]
    (entry,) = new
    assert sorted(entry.changes.keys() - FOLLOWS) == sorted(columns.split())
    assert (entry.actor_id, entry.actor_label, entry.client) == (running.office.pk, "office", "")
    assert (entry.via, entry.reason, entry.at, entry.seq) == ("admin", reason, LATER, None)
    others = ChangeEntry.objects.filter(id__gt=last).exclude(object_id=obj.pk).exclude(verb="milestone.health")
    assert {other.verb for other in others} <= {"evidence.attach", "evidence.verify"}
    obj.refresh_from_db()
    assert (obj.version, obj.updated_at) == (entry.version, LATER)


SAME: dict[str, Callable[[Cast], object]] = {
    "change": lambda c: operations.change(c.roof, {"title": c.roof.title, "due": c.roof.due}, **by(c)),
    "change to the parties it has": lambda c: operations.change(c.roof, {}, parties=[], **by(c)),
    "reschedule": lambda c: operations.reschedule(c.roof, YEAR_END, reason="没有", **by(c)),
    "reschedule without a reason": lambda c: operations.reschedule(c.roof, YEAR_END, reason="", **by(c)),
    "forecast": lambda c: operations.forecast(c.roof, None, reason="没有", **by(c)),
    "assign": lambda c: operations.assign([c.roof], c.owner, **by(c)),
    "hand over": lambda c: operations.hand_over([c.roof], c.owner, reason="调岗", **by(c)),
    "plan": lambda c: plans.edit(c.plan, {"title": c.plan.title, "year": 2023}, **by(c)),
    "workstream": lambda c: plans.edit_workstream(c.stream, {"title": "金融"}, **by(c)),
    "target": lambda c: targets.edit(c.target, {"value": Decimal("20.0000"), "lead": c.bureau}, **by(c)),
    "organisation": lambda c: organisations.edit(c.bureau, {"name": "金融贸易处", "parent": None}, **by(c)),
    "person": lambda c: people.edit(c.owner, {"email": "owner@example.org"}, roles=["owner"], **by(c)),
    "preferences": lambda c: people.set_preferences(c.owner, {"send_hour": 8}, **by(c)),
}


@pytest.mark.parametrize("what", SAME)
def test_input_that_changes_nothing_writes_nothing_and_says_so(running: Cast, what: str) -> None:
    before = (ChangeEntry.objects.count(), running.roof.version, running.roof.due_version, NextLook.of(running.roof))
    assert not SAME[what](running)
    running.refresh()
    after = (ChangeEntry.objects.count(), running.roof.version, running.roof.due_version, NextLook.of(running.roof))
    assert after == before


def test_a_day_declared_twice_alike_is_one_entry(running: Cast) -> None:
    day: Any = {"day": date(2023, 5, 4), "is_working": False, "note": "青年节"}
    first, second = day_overrides.declare(**day, **by(running)), day_overrides.declare(**day, **by(running))
    assert (first, [e.verb for e in entries(first)]) == (second, ["calendar.declare"])
    day_overrides.declare(date(2023, 5, 4), is_working=True, note="上班", **by(running))
    day_overrides.withdraw(type(first).objects.get(), **by(running))
    assert [(e.op, e.version) for e in entries(first)] == [("create", 1), ("update", 2), ("delete", 3)]


def test_an_entry_for_each_object_that_a_verb_touches(running: Cast) -> None:
    operations.hand_over([running.roof, running.school], running.leader, reason="调岗", **by(running))
    assert [entries(m)[-1].verb for m in (running.roof, running.school)] == ["milestone.hand_over"] * 2
    lifecycle.submit(running.roof, actual=TODAY, statement="好", evidence=[PHOTO, ("二", PHOTO[1])], **by(running))
    assert [[e.verb for e in entries(item)] for item in Evidence.objects.all()] == [["evidence.attach"]] * 2
    assert {e.plan_id for item in Evidence.objects.all() for e in entries(item)} == {running.plan.pk}


def test_a_milestones_entries_replayed_give_its_present_row(running: Cast) -> None:
    c, how = running, by(running)
    operations.change(c.roof, {"title": "新", "lead": c.harbour, "source_start": 3, "source_end": 9}, **how)
    operations.change(c.roof, {"parent": c.school, "criterion": "验收", "weight": 5}, parties=party(c), **how)
    operations.reschedule(c.roof, Q3, reason="台风", **how)
    operations.forecast(c.roof, OCTOBER, reason="材料", **how)
    operations.hand_over([c.roof], c.other, reason="调岗", **how)
    lifecycle.start(c.roof, **how)
    casting.submit(c.roof, c.other)
    lifecycle.return_(c.roof, reason="照片不清", **how)
    operations.forecast(c.roof, None, reason="不知道", **how)
    casting.submit(c.roof, c.other)
    lifecycle.verify(c.roof, **how)
    assert alike(replayed(c.roof), present(c.roof))
    lifecycle.reopen(c.roof, reason="有误", **how)
    lifecycle.cancel(c.roof, reason="不建了", **how)
    operations.change(c.roof, {"lead": None, "parent": None, "source_start": None, "source_end": None}, **how)
    assert alike(replayed(c.roof), present(c.roof))
    assert len(entries(c.roof)) == 16


def test_every_other_object_can_be_replayed_too(running: Cast) -> None:
    c, how = running, by(running)
    organisations.edit(c.bureau, {"coordinator": c.coordinator, "parent": c.harbour}, **how)
    plans.edit(c.plan, {"title": "要点", "ends_on": date(2024, 1, 31)}, **how)
    targets.edit(c.target, {"bound": "range", "value": Decimal(2), "value_max": Decimal("3.50")}, **how)
    reading = targets.record_reading(c.target, as_of=date(2023, 1, 31), value=Decimal("1.2"), source="统计局", **how)
    plans.close(c.plan, **how)
    for obj in (c.bureau, c.plan, c.target, c.stream, reading):
        assert alike(replayed(obj), present(obj)), obj


def test_parties_are_recorded_as_a_whole(running: Cast) -> None:
    operations.change(running.roof, {}, parties=party(running), **by(running))
    operations.change(running.roof, {}, parties=[], **by(running))
    one = ["supporting", str(running.harbour.pk), str(running.other.pk)]
    assert [e.changes["parties"] for e in entries(running.roof) if e.verb == "milestone.edit"] == [
        [[], [one]],
        [[one], []],
    ]


def test_names_addresses_and_passwords_never_stand_in_an_entry(cast: Cast) -> None:
    changed = {"display_name": "王小明", "email": "wang@example.org"}
    people.edit(cast.viewer, changed, **by(cast))
    people.set_password(cast.viewer, "一二三四五六七八九十", **by(cast))
    first, edited, password = entries(cast.viewer)
    assert first.changes["email"] == [None, "•••"]
    assert edited.changes == {"display_name": ["•••", "•••"], "email": ["•••", "•••"]}
    assert password.changes["password"][1] == "•••"
    everything = " ".join(f"{e.changes} {e.actor_label} {e.reason}" for e in ChangeEntry.objects.all())
    assert not [word for word in ("王小明", "wang@", "@example.org", "md5$") if word in everything]


def test_history_names_the_actor_by_unit_and_role(running: Cast) -> None:
    operations.forecast(running.roof, JUNE, reason="快", actor=acting(running.owner, Via.MAIL), now=LATER)
    lifecycle.start(running.roof, actor=SYSTEM, now=LATER)
    forecast, start = entries(running.roof)[-2:]
    assert (forecast.actor_id, forecast.actor_label, forecast.via) == (running.owner.pk, "金贸处 owner", "mail")
    assert (start.actor_id, start.actor_label, start.via) == (None, "system", "system")


def test_an_actor_of_a_unit_with_a_very_long_name_fits_into_history(running: Cast) -> None:
    unit = casting.organisation("LONG", "中国（上海）自由贸易试验区临港新片区管理委员会" * 8)
    writer = casting.person("writer", "office", "leader", organisation=unit)
    operations.reschedule(running.roof, Q3, reason="台风", actor=acting(writer), now=LATER)
    label = entries(running.roof)[-1].actor_label
    assert len(label) <= 120
    assert label.endswith("leader/office")


def test_a_deletion_leaves_its_tombstone(cast: Cast) -> None:
    pk, version = cast.rules.pk, cast.rules.version
    operations.delete(cast.rules, **by(cast))
    last = ChangeEntry.objects.filter(object_id=pk).latest("id")
    assert (last.op, last.verb, last.version, last.changes) == ("delete", "milestone.delete", version + 1, {})
    assert last.plan_id == cast.plan.pk


def test_precision_alone_is_a_change_of_the_date(running: Cast) -> None:
    assert operations.reschedule(
        running.roof, FuzzyDate(date(2023, 12, 31), Precision.MONTH), reason="明确", **by(running)
    )
    assert entries(running.roof)[-1].changes["due_precision"] == ["year", "month"]
