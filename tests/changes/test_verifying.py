"""Is every way of rewriting history past the triggers seen and named?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation

from milestones.changes import seals, verifying
from milestones.changes.faults import Fault
from milestones.changes.publish import publish, publish_all
from milestones.models import (
    ChangeEntry,
    DateRevision,
    HistorySeal,
    Milestone,
    Organisation,
    Party,
    Person,
    Reading,
    ReminderPolicy,
    RoleGrant,
    StatusReport,
)
from milestones.models.triggers import removed
from milestones.people import operations as people
from milestones.planning import lifecycle, operations
from milestones.planning.operations import PartyInput
from milestones.reminders import policies
from tests import cast as casting
from tests.cast import JUNE, LATER, NOW, Q3, Cast, acting

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def lived(running: Cast) -> Cast:
    """A plan in the middle of its life, sealed in several seals, with something not yet sealed behind."""
    c, office = running, acting(running.office)
    how: Any = {"actor": office, "now": LATER}
    operations.change(c.roof, {"weight": 2}, parties=[PartyInput("supporting", c.harbour, c.other)], **how)
    operations.reschedule(c.roof, Q3, reason="台风", **how)
    operations.forecast(c.school, JUNE, reason="快", **how)
    casting.bring(c, c.school, "completed")
    lifecycle.cancel(c.rules, reason="不建了", **how)
    casting.read(c.target)
    people.edit(c.viewer, {"send_hour": 9}, roles=["viewer", "leader"], **how)
    publish_all()
    operations.change(c.roof, {"title": "尾声"}, **how)
    return c


@pytest.fixture(autouse=True)
def short_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "LENGTH", 10)


def found(**how: Any) -> list[Fault]:
    return list(verifying.faults(**how))


def words() -> str:
    return "\n".join(map(str, found()))


def entry(obj: Any, **with_: Any) -> Any:
    return ChangeEntry.objects.of(obj).filter(**with_)


def test_a_plan_that_was_only_touched_by_verbs_is_whole(lived: Cast) -> None:
    counts: Counter[str] = Counter()
    assert found(counts=counts) == []
    assert counts["seal"] == HistorySeal.objects.count()
    assert {name: counts[name] for name in ("milestone", "person", "plan", "dates")} == {
        "milestone": 3, "person": 8, "plan": 1, "dates": 2}  # fmt: skip
    head = HistorySeal.objects.latest("id")
    assert verifying.state() == {
        "head": head.digest, "sealed": head.last_seq, "not_sealed": 0, "not_numbered": 1}  # fmt: skip
    assert found(plan=lived.plan, expect=head.digest) == []


# what somebody does to the tables past the triggers, and what must be said of it
TAMPERED: dict[str, tuple[Callable[[Cast], object], str]] = {
    "a value in an entry": (
        lambda c: entry(c.roof, verb="milestone.reschedule").update(
            changes={"due_on": ["2023-12-31", "2023-11-30"], "due_precision": ["year", "month"], "due_version": [1, 2]}
        ),
        "an entry of it was rewritten; these contradict others",
    ),
    "a reason in an entry": (
        lambda c: entry(c.roof, verb="milestone.reschedule").update(reason="审批"),
        "an entry of it was rewritten",
    ),
    "who did it": (
        lambda c: entry(c.rules, verb="milestone.cancel").update(actor_label="市领导"),
        "an entry of it was rewritten; compare them with those of a backup",
    ),
    "when it was done": (lambda c: entry(c.rules, verb="milestone.cancel").update(at=NOW), "was rewritten"),
    "an entry of an object is taken out": (
        lambda c: entry(c.roof, verb="milestone.reschedule").delete(),
        "version 5 follows version 3",
    ),
    "the gap is seen by its number too": (
        lambda c: entry(c.roof, verb="milestone.reschedule").delete(),
        "they are missing",
    ),
    "two entries change places": (
        lambda c: [
            ChangeEntry.objects.of(c.roof).filter(version=2).update(version=90),
            ChangeEntry.objects.of(c.roof).filter(version=3).update(version=2),
            ChangeEntry.objects.of(c.roof).filter(version=90).update(version=3),
        ],
        "version 3 follows version 1",
    ),
    "an entry is slipped in": (
        lambda c: ChangeEntry.objects.create(
            entity="milestone", object_id=c.roof.pk, op="update", version=5, verb="milestone.edit", via="web",
            actor_label="office", plan_id=c.plan.pk, at=LATER, changes={"weight": [2, 3]},
        ),
        "version 5 follows version 5",
    ),
    "a row is changed": (lambda c: Milestone.objects.filter(pk=c.roof.pk).update(weight=7), "“weight” is not what"),
    "a title not yet sealed": (lambda c: Milestone.objects.filter(pk=c.roof.pk).update(title="别的"), "“title” is not"),
    "a row's version": (lambda c: Milestone.objects.filter(pk=c.roof.pk).update(version=9), "the row is at version 9"),
    "a row is deleted": (lambda c: Reading.objects.all().delete(), "its row is gone, without a deletion"),
    "a row without a verb": (
        lambda c: Organisation.objects.create(code="X", name="无中生有", created_at=NOW, updated_at=NOW),
        "there is a row and no entry",
    ),
    "a reading's value": (lambda c: Reading.objects.update(value=99), "“value” is not what the entries say"),
    "a role": (lambda c: RoleGrant.objects.create(person=c.viewer, role="office", granted_at=NOW), "“roles” is not"),
    "a party": (lambda c: Party.objects.all().delete(), "“parties” is not what the entries say"),
    "a deletion is pretended": (
        lambda c: entry(c.rules, verb="milestone.cancel").update(op="delete"),
        "it was deleted and its row is still there",
    ),
    "a date history's reason": (lambda c: DateRevision.objects.filter(which="due").update(reason="审批"),
                                "stands in the date history and in no entry"),
    "a date history's row is taken out": (lambda c: DateRevision.objects.filter(which="due").delete(),
                                          "stands in an entry and not in the date history"),
    "a date history's day": (lambda c: DateRevision.objects.filter(which="due").update(new_on=date(2023, 6, 30)),
                             "the move of “due” from 2023-12-31 to 2023-06-30 stands in the date history"),
    "a seal's digest": (
        lambda c: HistorySeal.objects.filter(first_seq=1).update(digest="0" * 64),
        "it does not follow the seal before it",
    ),
    "a seal is taken out": (
        lambda c: HistorySeal.objects.filter(first_seq=11).delete(), "it does not follow the seal before it"
    ),
    "all entries of one object": (lambda c: entry(c.rules).delete(), "there is a row and no entry"),
    "a kind of object that there is not": (
        lambda c: entry(c.rules, version=1).update(entity="bridge"), "bridge: there is no such kind of object"
    ),
    "numbers change places": (
        lambda c: [entry(c.rules, version=1).update(seq=900), entry(c.rules, version=2).update(
            seq=_number(c.rules, 1)), entry(c.rules, version=1).update(seq=_number(c.rules, 2))],
        "do not rise with its versions",
    ),
}  # fmt: skip
_numbers: dict[tuple[Any, int], int] = {}


def _number(obj: Any, version: int) -> int:
    return _numbers[obj.pk, version]


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_rewritten_past_the_triggers_is_named(lived: Cast, what: str) -> None:
    tamper, said = TAMPERED[what]
    _numbers.update({(e.object_id, e.version): e.seq or 0 for e in ChangeEntry.objects.of(lived.rules)})
    with removed(connection), transaction.atomic():
        tamper(lived)
    assert said in words()


def test_the_entry_that_was_rewritten_is_narrowed_down(lived: Cast) -> None:
    one = entry(lived.roof, verb="milestone.reschedule")
    with removed(connection):
        one.update(changes={"due_on": ["2023-12-31", "2023-11-30"], "due_precision": ["year", "month"]})
    seal = next(fault for fault in found() if fault.kind == "seal")
    assert one.get().seq in seal.entries
    assert len(seal.entries) <= 3


def test_only_the_broken_seal_is_named_not_all_that_follow(lived: Cast) -> None:
    with removed(connection):
        ChangeEntry.objects.filter(seq=3).update(reason="别的")
    assert [(fault.kind, fault.about) for fault in found()] == [
        ("seal", f"seal {HistorySeal.objects.earliest('id').pk} of entries 1–10")
    ]


def test_history_written_anew_as_a_whole_is_seen_by_whoever_noted_the_digest(lived: Cast) -> None:
    """An administrator of the database can recompute every seal; the digest noted elsewhere is what tells."""
    noted = str(verifying.state()["head"])
    assert found(expect=noted) == []
    with removed(connection):
        entry(lived.rules, verb="milestone.cancel").update(reason="体面的理由")
        HistorySeal.objects.all().delete()
    publish_all()
    assert found() == []
    assert [fault.kind for fault in found(expect=noted)] == ["seal"]


def test_a_digest_noted_long_ago_is_still_known(lived: Cast) -> None:
    noted = str(verifying.state()["head"])
    operations.change(lived.roof, {"title": "后来"}, actor=casting.SYSTEM, now=LATER)
    publish_all()
    assert verifying.state()["head"] != noted
    assert found(expect=noted) == []


def test_of_one_plan_only_its_objects_are_compared(lived: Cast) -> None:
    other = casting.plan("p-2024")
    with removed(connection):
        type(other).objects.filter(pk=other.pk).update(title="别的")
        Person.objects.filter(pk=lived.viewer.pk).update(send_hour=3)
    assert found(plan=lived.plan) == []
    assert [fault.about for fault in found(plan=other)] == [f"plan {other.pk}"]


def test_masked_columns_are_only_known_to_be_set(lived: Cast) -> None:
    with removed(connection):
        Person.objects.filter(pk=lived.viewer.pk).update(display_name="新名", email="new@example.org")
    assert found() == []


def test_a_column_younger_than_its_object_holds_its_default(lived: Cast) -> None:
    """As a migration leaves it: no entry names it."""
    plan = entry(lived.plan, version=1)
    changes = {name: pair for name, pair in plan.get().changes.items() if not name.startswith("report_")}
    with removed(connection):
        plan.update(changes=changes)
    assert {fault.kind for fault in found()} == {"seal"}
    with removed(connection):
        type(lived.plan).objects.update(report_day=5)
    assert "“report_day” is not what the entries say" in words()


def test_a_verb_that_runs_meanwhile_is_no_fault(lived: Cast) -> None:
    """Rows read before a verb and entries read after it are looked at again together."""
    seen = 0

    def between(name: str, count: int) -> None:
        nonlocal seen
        if name == "milestone" and count == 1:
            seen += 1
            for one in Milestone.objects.all():
                operations.change(one, {"title": one.title + "。"}, actor=casting.SYSTEM, now=LATER)

    assert found(told=between) == []
    assert seen == 1


def test_the_default_ladder_needs_no_creation(lived: Cast) -> None:
    ladder = ReminderPolicy.objects.get()
    how: Any = {"actor": casting.SYSTEM, "now": LATER}
    policies.edit_steps(ladder, [policies.StepInput("late", "after_due", 3, repeats=True)], **how)
    policies.edit(ladder, {"name": "阶梯"}, **how)
    policies.edit_steps(ladder, [policies.StepInput("on", "on_due")], actor=casting.SYSTEM, now=LATER + DAY)
    assert found() == []
    with removed(connection):
        ReminderPolicy.objects.update(is_default=False)
    assert "“is_default” is not what the entries say" in words()


def test_what_history_does_not_keep_is_not_asked_for(lived: Cast) -> None:
    assert StatusReport.objects.count() == 0
    Milestone.objects.update(reminded_since=LATER)
    assert found() == []


def test_publishing_goes_on_after_what_was_sealed(lived: Cast) -> None:
    assert publish() == 1
    assert verifying.state()["not_numbered"] == 0
