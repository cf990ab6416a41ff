"""Do the names that other systems have for an object come, go and stay in history with it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from milestones.changes import comparing, readable, refs, verifying
from milestones.changes.publish import publish_all
from milestones.demo import clear
from milestones.errors import Conflict, Duplicate, Forbidden, RuleBroken, StateConflict
from milestones.models import ChangeEntry, ExternalRef, Milestone
from milestones.people import operations as people
from milestones.people import organisations, privacy
from milestones.planning import carry_over, operations, plans
from milestones.planning.references import MOST
from milestones.targets import operations as targets
from tests import cast as casting
from tests.cast import LATER, NOW, SYSTEM, YEAR_END, Cast, acting
from tests.two_at_once import while_uncommitted

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": LATER}
OA, GIS = ("oa", "4711"), ("gis", "A/1 号")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


# how each noun that other systems name is edited
EDITS: dict[str, tuple[Callable[[Cast], Any], Callable[..., bool]]] = {
    "milestone": (lambda c: c.roof, operations.change),
    "target": (lambda c: c.target, targets.edit),
    "organisation": (lambda c: c.bureau, organisations.edit),
    "person": (lambda c: c.owner, people.edit),
}
nouns = pytest.mark.parametrize(("which", "edit"), EDITS.values(), ids=EDITS)


def whole() -> bool:
    publish_all()
    return list(verifying.faults()) == []


@nouns
def test_an_edit_replaces_the_list_and_its_entry_tells_both(running: Cast, which: Any, edit: Any) -> None:
    one = which(running)
    before = ChangeEntry.objects.count()
    assert edit(one, {}, refs=[OA, GIS], **HOW)
    assert refs.of_one(one) == [list(GIS), list(OA)]
    assert not edit(one, {}, refs=[GIS, OA], **HOW)  # the same ones
    assert not edit(one, {}, **HOW)  # they are not spoken of
    assert edit(one, {}, refs=[OA], **HOW)
    assert edit(one, {}, refs=[], **HOW)
    assert not ExternalRef.objects.exists()
    entries = list(ChangeEntry.objects.order_by("id")[before:])
    told = [entry.changes["external_refs"] for entry in entries]
    if one._meta.model_name == "person":  # the number of a person elsewhere says who that is
        assert told == [[[], "•••"], ["•••", "•••"], ["•••", []]]
    else:
        assert told == [[[], [list(GIS), list(OA)]], [[list(GIS), list(OA)], [list(OA)]], [[list(OA)], []]]
    assert [entry.object_id for entry in entries] == [one.pk] * 3
    assert whole()


def test_each_noun_can_be_born_with_them(cast: Cast) -> None:
    values = {"workstream": cast.stream, "code": "FIN-09", "title": "封顶", "kind": "construction", "due": YEAR_END}
    column = {"code": "T9", "name": "增长", "unit": "%", "measure": "stock", "value": 3}
    made = [
        operations.create(cast.plan, values, refs=[OA], **HOW),
        targets.create(cast.plan, column, refs=[OA], **HOW),
        organisations.create({"code": "NEW", "name": "新单位"}, refs=[OA], **HOW),
        people.create({"email": "new@example.org", "display_name": "新人"}, refs=[OA], **HOW),
    ]
    assert [refs.of_one(one) for one in made] == [[list(OA)]] * 4  # one name for each kind of thing
    assert whole()


REFUSED = {
    "nothing": ([("oa", "")], "external_refs.0", "missing"),
    "no system": ([OA, ("", "1")], "external_refs.1", "missing"),
    "a long system": ([("s" * 61, "1")], "external_refs.0", "too_long"),
    "a long id": ([("s", "1" * 201)], "external_refs.0", "too_long"),
    "no character": ([("s", "a\x00")], "external_refs.0", "character"),
    "a slash in the system": ([("a/b", "1")], "external_refs.0", "character"),
    "twice": ([OA, OA], "external_refs.1", "twice"),
    "too many": ([("s", str(n)) for n in range(MOST + 1)], "external_refs", "too_many"),
}


@pytest.mark.parametrize(("given", "field", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_name_is_refused(running: Cast, given: Any, field: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        operations.change(running.roof, {}, refs=given, **HOW)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_one_name_is_one_objects_and_who_has_it_is_said_to_whoever_sees_that(running: Cast) -> None:
    operations.change(running.roof, {}, refs=[OA], **HOW)
    with pytest.raises(Duplicate, match=f"FIN-01.*{running.roof.pk}") as refusal:
        operations.change(running.school, {"title": "别的"}, refs=[GIS, OA], **HOW)
    assert refusal.value.field == "external_refs.1"
    running.school.refresh_from_db()
    assert running.school.title != "别的"


def test_it_is_not_said_to_others(cast: Cast) -> None:
    operations.change(cast.roof, {}, refs=[OA], **HOW)  # in a draft
    elsewhere = casting.plan("p-2024")
    mine = casting.milestone(elsewhere, casting.workstream(elsewhere), "M-1", lead=cast.bureau)
    plans.activate(elsewhere, actor=SYSTEM, now=NOW)
    mine.refresh_from_db()
    with pytest.raises(Duplicate) as refusal:
        operations.change(mine, {}, refs=[OA], actor=acting(cast.coordinator), now=NOW)
    assert "FIN-01" not in str(refusal.value)


def test_they_need_the_right_to_edit(running: Cast) -> None:
    with pytest.raises(Forbidden):
        operations.change(running.roof, {}, refs=[OA], actor=acting(running.owner), now=NOW)
    with pytest.raises(Conflict):
        operations.change(running.roof, {}, refs=[OA], version=0, **HOW)


def test_a_deleted_objects_name_is_free_again(cast: Cast) -> None:
    operations.change(cast.rules, {}, refs=[OA], **HOW)
    targets.edit(cast.target, {}, refs=[OA], **HOW)
    operations.delete(cast.rules, **HOW)
    operations.change(cast.roof, {}, refs=[OA], **HOW)
    assert whole()
    plans.delete(cast.plan, **HOW)
    assert not ExternalRef.objects.exists()
    assert whole()


def test_they_go_on_in_the_next_plan(running: Cast) -> None:
    operations.change(running.roof, {}, refs=[OA], **HOW)
    into = casting.plan(
        "p-2024", starts_on=YEAR_END.on.replace(2024, 1, 1), ends_on=YEAR_END.on.replace(2024), year=2024
    )
    (copy,) = carry_over.carry_over(running.plan, into, codes=["FIN-01"], **HOW)
    assert (refs.of_one(copy), refs.of_one(running.roof)) == ([list(OA)], [])
    assert whole()


def test_an_anonymised_person_has_none_and_history_never_told_them(running: Cast) -> None:
    one = casting.person("leaver", "viewer")
    people.edit(one, {}, refs=[("oa", "工号-4711")], **HOW)
    people.deactivate(one, **HOW)
    privacy.anonymise(one, reason="本人申请", **HOW)
    assert not ExternalRef.objects.exists()
    assert "工号-4711" not in str(list(ChangeEntry.objects.values_list("changes")))
    assert whole()


def test_they_leave_with_the_demonstration(db: None) -> None:
    c = casting.assemble(is_demo=True)
    operations.change(c.roof, {}, refs=[OA], **HOW)
    plans.delete(c.plan, **HOW)  # people and units of the cast are real
    clear.clear(actor=SYSTEM, now=LATER)
    assert not ExternalRef.objects.exists()
    assert whole()


def test_a_classified_name_is_refused(running: Cast) -> None:
    with pytest.raises(RuleBroken):
        operations.change(running.roof, {}, refs=[("oa", "机密★10年")], **HOW)
    assert not ExternalRef.objects.exists()


def test_people_read_them_in_history(running: Cast) -> None:
    operations.change(running.roof, {}, refs=[OA, GIS], **HOW)
    people.edit(running.owner, {}, refs=[OA], **HOW)
    found = readable.read([ChangeEntry.objects.of(one).latest("id") for one in (running.roof, running.owner)])
    told = [(d.label, d.old, d.new) for change in found for d in change.differences]
    assert told == [("external references", "", "gis:A/1 号, oa:4711"), ("external references", "", "•••")]


def test_one_that_came_past_the_verbs_is_seen(running: Cast) -> None:
    ExternalRef.objects.create(system="oa", entity="milestone", external_id="1", object_id=running.roof.pk)
    publish_all()
    (fault,) = verifying.faults()
    assert (fault.about, "external_refs" in str(fault)) == (f"milestone {running.roof.pk}", True)


def test_verifying_asks_as_often_for_many_as_for_few(running: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert not any(comparing.objects(Milestone))
        return len(queries)

    few = asked()
    for number in range(10, 20):
        values = {"workstream": running.stream, "code": f"FIN-{number}", "title": "节点", "kind": "other"}
        operations.create(running.plan, {**values, "due": YEAR_END}, refs=[("oa", str(number))], **HOW)
    assert asked() == few


def test_a_closed_plans_milestone_keeps_its_names(running: Cast) -> None:
    running.close()
    with pytest.raises(StateConflict):
        operations.change(running.roof, {}, refs=[OA], **HOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_name_at_once_one_is_refused() -> None:
    c = casting.assemble()
    won, lost = while_uncommitted(
        lambda: operations.change(c.roof, {}, refs=[OA], **HOW),
        lambda: operations.change(c.school, {}, refs=[OA], **HOW),
    )
    assert (won, type(lost)) == (True, Duplicate)
    assert ExternalRef.objects.get().object_id == c.roof.pk
    assert whole()
