"""What goes on in the next plan, each once, with what tied to it, and what stays behind?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import (
    ChangeEntry,
    Dependency,
    ExternalRef,
    Milestone,
    NextLook,
    OutgoingMail,
    Plan,
    Target,
    Watch,
)
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import carry_over, carrying, dependencies, lifecycle, operations, plans
from milestones.planning.carrying import Question
from milestones.planning.operations import PartyInput
from milestones.planning.slips import Slip, first_promises, slip
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.cast import NOW, SYSTEM, YEAR_END, Cast, acting
from tests.changes.replaying import alike, present, replayed
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
LATER = NOW + timedelta(days=365)
on = FuzzyDate.parse


def next_plan(year: int = 2024, state: str = "draft") -> Plan:
    made = casting.plan(f"p-{year}", year=year, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
    if state == "active":
        casting.milestone(made, casting.workstream(made, "OTHER"), "X-01")
        plans.activate(made, **HOW)
    return Plan.objects.get(pk=made.pk)


def carry(c: Cast, into: Plan, **how: Any) -> list[Milestone]:
    return carry_over.carry_over(c.plan, into, **{"actor": acting(c.office), "now": LATER, **how})


def copy_of(source: Milestone) -> Milestone:
    return Milestone.objects.select_related("plan", "workstream").get(carried_from=source)


def codes(milestones: Any) -> list[str]:
    return sorted(one.code for one in milestones)


def test_all_that_is_open_goes_on_and_the_source_keeps_its_state(running: Cast) -> None:
    lifecycle.cancel(running.rules, reason="不建了", **HOW)
    lifecycle.start(running.roof, **HOW)
    into = next_plan()
    assert codes(carry(running, into)) == ["FIN-01", "FIN-02"]
    running.refresh()
    assert [m.state for m in (running.roof, running.school, running.rules)] == ["in_progress", "planned", "cancelled"]
    one = copy_of(running.roof)
    assert (one.plan, one.state, one.code, one.title) == (into, "planned", "FIN-01", running.roof.title)
    assert (one.accountable, one.lead, one.kind) == (running.owner, running.bureau, running.roof.kind)
    assert (one.due, one.baseline, one.due_version) == (on("2024"), on("2024"), 1)
    assert (one.workstream.code, one.workstream.plan) == ("FIN", into)
    assert not Target.objects.filter(plan=into).exists()


def test_a_copy_is_due_as_chosen_else_as_forecast_else_within_the_year(running: Cast) -> None:
    operations.forecast(running.roof, on("2024-03"), reason="台风", **HOW)
    operations.forecast(running.school, on("2025-03"), reason="台风", **HOW)
    carry(running, next_plan(), due={"FIN-03": on("2024Q2")})
    due = {code: str(copy_of(one).due) for code, one in vars(running).items() if isinstance(one, Milestone)}
    assert due == {"roof": "2024-03", "school": "2024", "rules": "2024Q2"}


def test_twice_copies_nothing_twice_even_after_a_part(running: Cast) -> None:
    into = next_plan()
    assert codes(carry(running, into, codes=["FIN-02"])) == ["FIN-02"]
    assert codes(carry(running, into)) == ["FIN-01", "FIN-03"]
    assert carry(running, into) == []
    assert into.milestones.count() == 3
    assert carry(running, next_plan(2025)) == []


def test_a_closed_plan_can_be_carried_over(running: Cast) -> None:
    running.close()
    assert len(carry(running, next_plan(state="active"))) == 3


def test_what_is_tied_to_a_milestone_comes_along(running: Cast) -> None:
    c = running
    child = casting.milestone(c.plan, c.stream, "FIN-01-A", parent=c.roof, weight=3, criterion="封顶")
    operations.change(c.roof, {}, parties=[PartyInput("supporting", c.harbour, c.other)], **HOW)
    tie = dependencies.add(c.roof, c.school, lag=7, **HOW)
    for who in (c.viewer, c.leader):
        Watch.objects.create(milestone=c.roof, person=who, created_at=NOW, updated_at=NOW)
    people.deactivate(c.leader, **HOW)
    ExternalRef.objects.create(system="OA", entity="milestone", external_id="17", object_id=c.roof.pk)
    carry(c, next_plan())
    one, other = copy_of(c.roof), copy_of(child)
    assert (other.parent, other.weight, other.criterion) == (one, 3, "封顶")
    assert [(p.role, p.organisation, p.person) for p in one.parties.all()] == [("supporting", c.harbour, c.other)]
    assert [watch.person for watch in Watch.objects.filter(milestone=one)] == [c.viewer]
    copied = Dependency.objects.exclude(pk=tie.pk).get()
    assert (copied.predecessor, copied.successor, copied.lag) == (one, copy_of(c.school), 7)
    assert ExternalRef.objects.get().object_id == one.pk


def test_what_follows_later_finds_parent_and_neighbours_that_were_carried_before(running: Cast) -> None:
    child = casting.milestone(running.plan, running.stream, "FIN-01-A", parent=running.roof)
    dependencies.add(child, running.school, **HOW)
    into = next_plan()
    carry(running, into, codes=["FIN-01", "FIN-02"])
    carry(running, into, codes=["FIN-01-A"])
    assert copy_of(child).parent == copy_of(running.roof)
    assert Dependency.objects.filter(predecessor=copy_of(child), successor=copy_of(running.school)).exists()


def test_each_object_has_one_entry_that_tells_where_it_went(running: Cast) -> None:
    ExternalRef.objects.create(system="OA", entity="milestone", external_id="17", object_id=running.roof.pk)
    into, before = next_plan(), ChangeEntry.objects.count()
    carry(running, into, codes=["FIN-01"], reason="未建成")
    entries = list(ChangeEntry.objects.order_by("id")[before:])
    assert [(e.entity, e.op, e.verb) for e in entries] == [
        ("workstream", "create", "workstream.create"),
        ("milestone", "create", "milestone.carry_over"),
        ("milestone", "update", "milestone.carry_over"),
    ]
    refs = [["OA", "17"]]
    assert entries[-1].changes == {
        "carried_to": [None, str(copy_of(running.roof).pk)],
        "external_refs": [refs, []],
    }
    assert (entries[-2].changes["external_refs"], entries[-1].reason) == ([None, refs], "未建成")
    carry(running, into, codes=["FIN-02"])
    for one in (running.school, copy_of(running.school)):
        assert alike(replayed(one), present(one))


def test_who_left_and_what_was_retired_stays_behind(running: Cast) -> None:
    c = running
    parties = [PartyInput("supporting", c.bureau, c.viewer), PartyInput("supporting", c.harbour)]
    operations.change(c.rules, {"accountable": c.viewer, "lead": c.harbour}, parties=parties, **HOW)
    c.close()
    for who in (c.viewer, c.other):
        people.deactivate(who, **HOW)
    organisations.edit(c.harbour, {"is_active": False}, **HOW)
    into = next_plan()
    line = next(line for line in carrying.preview(c.plan, into, actor=SYSTEM).lines if line.milestone == c.rules)
    assert set(line.questions) == {Question.OWNER_LEFT, Question.LEAD_RETIRED, Question.DATE_OPEN}
    carry(c, into)
    one = copy_of(c.rules)
    assert (one.accountable, one.lead) == (None, None)
    assert [(p.organisation, p.person) for p in one.parties.all()] == [(c.bureau, None)]


def test_into_an_active_plan_owners_are_told_once_and_reminders_run(running: Cast) -> None:
    operations.assign([running.rules], running.owner, **HOW)
    OutgoingMail.objects.all().delete()
    carry(running, next_plan(state="active"), reason="上年未完成")
    assert sorted(OutgoingMail.objects.values_list("kind", "recipient__display_name")) == [
        ("duties", "other"),
        ("duties", "owner"),
    ]
    mail = OutgoingMail.objects.get(recipient=running.owner)
    assert all(part in mail.text for part in ("FIN-01", "FIN-03", "上年未完成"))
    one = copy_of(running.roof)
    assert (NextLook.of(one), one.reminded_since, one.health) == (LATER, LATER, "green")


def test_into_a_draft_nobody_is_told(running: Cast) -> None:
    carry(running, next_plan())
    assert not OutgoingMail.objects.exists()
    assert NextLook.of(copy_of(running.roof)) is None


def test_the_preview_says_what_must_be_decided(running: Cast) -> None:
    into = next_plan()
    casting.milestone(into, casting.workstream(into), "FIN-02")
    operations.forecast(running.roof, on("2024-03"), reason="台风", **HOW)
    casting.submit(running.rules, running.office)
    seen = carrying.preview(running.plan, into, actor=acting(running.office))
    assert [(line.milestone.code, str(line.due), set(line.questions)) for line in seen.lines] == [
        ("FIN-03", "2024", {Question.DATE_OPEN, Question.SUBMITTED}),
        ("FIN-02", "2024", {Question.DATE_OPEN, Question.CODE_TAKEN}),
        ("FIN-01", "2024-03", set()),
    ]
    assert (seen.workstreams, seen.carried) == ((), ())
    carry(running, into, codes=["FIN-01"])
    again = carrying.preview(running.plan, into, actor=acting(running.office))
    assert (codes(again.carried), len(again.lines)) == (["FIN-01"], 2)


# --- Refusals ---------------------------------------------------------------------------------------------------------
def taken(c: Cast) -> object:
    into = next_plan()
    casting.milestone(into, casting.workstream(into), "FIN-02")
    return carry(c, into)


def opposite(c: Cast) -> object:
    into = next_plan()
    dependencies.add(c.roof, c.school, **HOW)
    dependencies.add(c.school, c.rules, **HOW)
    carry(c, into, codes=["FIN-01", "FIN-03"])
    dependencies.add(copy_of(c.rules), copy_of(c.roof), **HOW)
    return carry(c, into)


CASES: list[tuple[str, str | None, str, Callable[[Cast], object]]] = [
    ("a code that is taken", "codes", "duplicate", taken),
    ("a code that there is not", "codes", "unknown", lambda c: carry(c, next_plan(), codes=["NO-1"])),
    ("a date for none", "codes", "unknown", lambda c: carry(c, next_plan(), due={"NO-1": YEAR_END})),
    ("itself", "into", "not_later", lambda c: carry(c, c.plan)),
    ("an earlier plan", "into", "not_later", lambda c: carry(c, next_plan(2022))),
    ("the opposite dependency", "predecessor", "cycle", opposite),
]


@pytest.mark.parametrize(("what", "field", "code", "act"), CASES, ids=[case[0] for case in CASES])
def test_is_refused(running: Cast, what: str, field: str | None, code: str, act: Any) -> None:
    with pytest.raises(DomainError) as refusal:
        act(running)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_a_draft_is_not_carried_and_a_closed_plan_takes_nothing(cast: Cast) -> None:
    into = next_plan(state="active")
    with pytest.raises(DomainError) as refusal:
        carry(cast, into)
    assert refusal.value.code == "draft"
    cast.activate()
    plans.close(into, **HOW)
    with pytest.raises(DomainError) as refusal:
        carry(cast, Plan.objects.get(pk=into.pk))
    assert refusal.value.code == "plan_closed"


@pytest.mark.parametrize("who", ["owner", "coordinator", "leader", "viewer"])
def test_only_the_office_carries_over(running: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        carry(running, next_plan(state="active"), actor=acting(getattr(running, who)))


# --- Slips ------------------------------------------------------------------------------------------------------------
def test_a_slip_begins_at_the_first_promise(running: Cast, django_assert_num_queries: Any) -> None:
    second, third = next_plan(2024, "active"), next_plan(2025)
    carry(running, second, codes=["FIN-01"])
    carry_over.carry_over(second, third, codes=["FIN-01"], actor=SYSTEM, now=LATER)
    middle = copy_of(running.roof)
    last = copy_of(middle)
    with django_assert_num_queries(2):
        found = first_promises([running.roof.pk, running.school.pk, middle.pk, last.pk])
    assert {pk: (str(one.baseline), one.plan, one.times) for pk, one in found.items()} == {
        middle.pk: ("2023", running.plan, 1),
        last.pk: ("2023", running.plan, 2),
    }
    assert slip(found[middle.pk].baseline, middle.due.on, Calendar()) == Slip(366, 251)
    assert first_promises([running.roof.pk]) == {}


# --- At once ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_at_once_carry_each_milestone_once(running: Cast) -> None:
    into = next_plan()
    acts = [
        partial(carry_over.carry_over, Plan.objects.get(pk=running.plan.pk), Plan.objects.get(pk=into.pk),
                actor=acting(who), now=LATER)
        for who in (running.office, running.colleague)
    ]  # fmt: skip
    won, lost = while_uncommitted(*acts)
    assert isinstance(won, list)
    assert len(won) == 3
    assert isinstance(lost, Conflict) or lost == [], lost
    assert into.milestones.count() == 3
    assert acts[1]() == []


@pytest.mark.django_db(transaction=True)
def test_at_one_moment_too(running: Cast) -> None:
    into = next_plan()
    by = [partial(carry, running, into, actor=acting(who)) for who in (running.office, running.colleague)]
    together(*by)
    assert into.milestones.count() == 3
    assert ChangeEntry.objects.filter(verb="milestone.carry_over").count() == 6
