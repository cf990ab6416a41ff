"""Which input breaks which rule of a milestone, a plan or a workstream, and does the refusal name field and code?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from milestones.errors import DomainError
from milestones.models import ChangeEntry, Workstream
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle, operations, plans
from milestones.planning.operations import PartyInput
from milestones.workdays.periods import FuzzyDate, NotPeriodEnd, Precision
from tests import cast as casting
from tests.cast import JUNE, NOW, PHOTO, Q3, SYSTEM, TODAY, YEAR_END, Cast, acting

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}
TOMORROW = FuzzyDate(NOW.date() + timedelta(days=1))
FEBRUARY = FuzzyDate(date(2023, 2, 28), Precision.MONTH)


@dataclass(frozen=True)
class Case:
    """`act` is refused with `code` at `field`."""

    what: str
    field: str | None
    code: str
    act: Callable[[Cast], object]


def new(c: Cast, **values: Any) -> object:
    columns = {"workstream": c.stream, "code": "X", "title": "t", "kind": "event", "due": YEAR_END, **values}
    return operations.create(c.plan, columns, **HOW)


def change(c: Cast, **values: Any) -> object:
    return operations.change(c.roof, values, reason="r", **HOW)


def submit(c: Cast, **values: Any) -> None:
    given: Any = {"actual": TODAY, "statement": "s", "evidence": [PHOTO], **values}
    lifecycle.submit(c.roof, actor=acting(c.owner), now=NOW, **given)


def after(first: Callable[[Cast], object], then: Callable[[Cast], object]) -> Callable[[Cast], object]:
    def act(c: Cast) -> object:
        first(c)
        return then(c)

    return act


def of_kind(kind: str) -> Callable[[Cast], object]:
    def act(c: Cast) -> object:
        change(c, kind=kind)
        submit(c, evidence=[])
        return c.roof

    return act


def elsewhere(c: Cast) -> Any:
    """A milestone of another plan."""
    other = casting.plan("p-2024")
    return casting.milestone(other, casting.workstream(other), "FIN-01")


def left(c: Cast) -> Any:
    people.deactivate(c.viewer, **HOW)
    return c.viewer


def closed_down(c: Cast) -> Any:
    unit = casting.organisation("OLD", "旧处")
    organisations.edit(unit, {"is_active": False}, **HOW)
    return unit


def below(c: Cast) -> object:
    """school below roof, rules below school: now roof below rules."""
    operations.change(c.school, {"parent": c.roof}, **HOW)
    operations.change(c.rules, {"parent": c.school}, **HOW)
    return change(c, parent=c.rules)


def twice(c: Cast) -> list[PartyInput]:
    return [PartyInput("supporting", c.harbour), PartyInput("supporting", c.harbour)]


CASES = [
    Case("no workstream", "workstream", "missing", lambda c: new(c, workstream=None)),
    Case("no code", "code", "missing", lambda c: new(c, code="")),
    Case("no title", "title", "missing", lambda c: new(c, title="")),
    Case("a blank title", "title", "missing", lambda c: new(c, title="  ")),
    Case("no due date", "due", "missing", lambda c: new(c, due=None)),
    Case("a taken code", "code", "duplicate", lambda c: new(c, code="FIN-01")),
    Case("an unknown field", "color", "unknown_field", lambda c: new(c, color="red")),
    Case("a baseline of one's own", "baseline", "unknown_field", lambda c: new(c, baseline=JUNE)),
    Case("the title taken away", "title", "missing", lambda c: change(c, title=" ")),
    Case("the due date taken away", "due", "missing", lambda c: change(c, due=None)),
    Case("a code of another", "code", "duplicate", lambda c: change(c, code="FIN-02")),
    Case("an unknown field of an edit", "state", "unknown_field", lambda c: change(c, state="completed")),
    Case("the baseline", "baseline", "unknown_field", lambda c: change(c, baseline=JUNE)),
    Case("no weight", "weight", "weight", lambda c: change(c, weight=0)),
    Case("another plan's workstream", "workstream", "other_plan",
         lambda c: change(c, workstream=casting.workstream(casting.plan("p-2024")))),
    Case("another plan's workstream for a new one", "workstream", "other_plan",
         lambda c: new(c, workstream=casting.workstream(casting.plan("p-2024")))),
    Case("another plan's parent", "parent", "other_plan", lambda c: change(c, parent=elsewhere(c))),
    Case("itself as its parent", "parent", "cycle", lambda c: change(c, parent=c.roof)),
    Case("a parent that stands below it", "parent", "cycle", below),
    Case("an owner who left", "accountable", "inactive", lambda c: operations.assign([c.roof], left(c), **HOW)),
    Case("a hand-over to one who left", "accountable", "inactive",
         lambda c: operations.hand_over([c.roof], left(c), reason="r", **HOW)),
    Case("a lead that was closed down", "lead", "inactive", lambda c: change(c, lead=closed_down(c))),
    Case("a source sentence that ends before it starts", "source_end", "span",
         lambda c: change(c, source_start=9, source_end=9)),
    Case("a source sentence without its end", "source_end", "span", lambda c: change(c, source_start=9)),
    Case("a source sentence without its beginning", "source_end", "span", lambda c: new(c, source_end=9)),
    Case("one party twice", "parties", "duplicate", lambda c: operations.change(c.roof, {}, parties=twice(c), **HOW)),
    Case("a moved date without a reason", "reason", "reason_missing",
         lambda c: operations.reschedule(c.roof, Q3, reason="  ", **HOW)),
    Case("a forecast without a reason", "reason", "reason_missing",
         lambda c: operations.forecast(c.roof, Q3, reason="", **HOW)),
    Case("a hand-over without a reason", "reason", "reason_missing",
         lambda c: operations.hand_over([c.roof], c.other, reason="", **HOW)),
    Case("a cancellation without a reason", "reason", "reason_missing",
         lambda c: lifecycle.cancel(c.roof, reason="", **HOW)),
    Case("a return without a reason", "reason", "reason_missing",
         after(submit, lambda c: lifecycle.return_(c.roof, reason=" ", **HOW))),
    Case("a reopening without a reason", "reason", "reason_missing",
         after(lambda c: lifecycle.cancel(c.roof, reason="r", **HOW),
               lambda c: lifecycle.reopen(c.roof, reason="", **HOW))),
    Case("an actual date to come", "actual", "future", lambda c: submit(c, actual=TOMORROW)),
    Case("an actual month to come", "actual", "future", lambda c: submit(c, actual=FEBRUARY)),
    Case("no statement", "statement", "missing", lambda c: submit(c, statement=" ")),
    Case("no evidence of a construction", "evidence", "missing", of_kind("construction")),
    Case("no evidence of an institution", "evidence", "missing", of_kind("institution")),
    Case("no evidence of a policy", "evidence", "missing", of_kind("policy")),
    Case("evidence that is no link", "evidence", "url", lambda c: submit(c, evidence=[("x", "javascript:alert(1)")])),
    Case("one's own submission", None, "same_verifier",
         after(submit, lambda c: lifecycle.verify(c.roof, actor=acting(c.owner), now=NOW))),
    Case("a plan that ends before it starts", "ends_on", "period",
         lambda c: casting.plan("x", ends_on=date(2022, 1, 1))),
    Case("a plan made to end before it starts", "ends_on", "period",
         lambda c: plans.edit(c.plan, {"starts_on": date(2024, 2, 1)}, **HOW)),
    Case("a plan's taken code", "code", "duplicate", lambda c: casting.plan("p-2023")),
    Case("a workstream's taken code", "code", "duplicate", lambda c: casting.workstream(c.plan, "FIN")),
    Case("an active plan activated", None, "state", lambda c: plans.activate(c.plan, **HOW)),
    Case("a draft closed", None, "state", lambda c: plans.close(casting.plan("x"), **HOW)),
    Case("an empty plan activated", None, "empty", lambda c: plans.activate(casting.plan("x"), **HOW)),
    Case("an active plan deleted", None, "cancel_instead", lambda c: plans.delete(c.plan, **HOW)),
    Case("an active plan's workstream deleted", None, "cancel_instead",
         lambda c: plans.delete_workstream(c.stream, **HOW)),
    Case("an active plan's milestone deleted", None, "cancel_instead", lambda c: operations.delete(c.roof, **HOW)),
    Case("a closed plan edited", None, "plan_closed",
         after(Cast.close, lambda c: plans.edit(c.plan, {"title": "x"}, **HOW))),
    Case("a workstream for a closed plan", None, "plan_closed",
         after(Cast.close, lambda c: casting.workstream(c.plan, "NEW"))),
    Case("a workstream of a closed plan", None, "plan_closed",
         after(Cast.close, lambda c: plans.edit_workstream(Workstream.objects.get(), {"position": 3}, **HOW))),
    Case("a milestone of a closed plan", None, "plan_closed", after(Cast.close, new)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_is_refused(running: Cast, case: Case) -> None:
    with pytest.raises(DomainError) as refusal:
        case.act(running)
    assert (refusal.value.field, refusal.value.code) == (case.field, case.code)
    assert str(refusal.value)


@pytest.mark.parametrize("kind", ["event", "project", "other"])
def test_other_kinds_need_no_evidence(running: Cast, kind: str) -> None:
    of_kind(kind)(running)
    assert running.roof.state == "submitted"


def test_evidence_given_before_is_evidence_still(running: Cast) -> None:
    submit(running)
    lifecycle.return_(running.roof, reason="不清", **HOW)
    submit(running, evidence=[])
    assert running.roof.evidence.count() == 1


def test_a_month_that_has_begun_may_be_an_actual_date(running: Cast) -> None:
    submit(running, actual=FuzzyDate(date(2023, 1, 31), Precision.MONTH))
    assert running.roof.actual is not None


def test_today_is_a_day_of_the_plans_time_zone(running: Cast) -> None:
    late = NOW.replace(hour=23, minute=30)  # 15:30 UTC
    people_abroad = acting(running.owner)
    with pytest.raises(DomainError, match=r"."):
        lifecycle.submit(running.roof, actual=TOMORROW, statement="s", evidence=[PHOTO], actor=people_abroad, now=late)
    lifecycle.submit(
        running.roof,
        actual=TOMORROW,
        statement="s",
        evidence=[PHOTO],
        actor=people_abroad,
        now=late + timedelta(hours=1),
    )


def test_a_wrong_day_for_a_precision_names_the_right_one() -> None:
    with pytest.raises(NotPeriodEnd) as wrong:
        FuzzyDate(date(2023, 2, 27), Precision.MONTH)
    assert wrong.value.right_day == date(2023, 2, 28)


def test_an_office_person_verifies_what_another_submitted(running: Cast) -> None:
    casting.submit(running.roof, running.office)
    with pytest.raises(lifecycle.SameVerifier):
        lifecycle.verify(running.roof, actor=acting(running.office), now=NOW)
    lifecycle.verify(running.roof, actor=acting(running.colleague), now=NOW)
    assert (running.roof.state, running.roof.verified_by) == ("completed", running.colleague)


def test_an_edit_based_on_an_old_version_is_told_what_changed(running: Cast) -> None:
    seen = running.roof.version
    operations.change(running.roof, {"title": "新", "weight": 2}, actor=acting(running.office), now=NOW)
    with pytest.raises(DomainError) as refusal:
        operations.change(running.roof, {"criterion": "x"}, version=seen, **HOW)
    told: Any = refusal.value
    assert (told.code, told.version, told.who, told.when) == ("conflict", seen + 1, "office", NOW)
    assert told.fields == ("title", "weight")
    assert running.roof.criterion == ""


def test_deleting_a_draft_takes_all_it_holds_and_leaves_a_tombstone_each(cast: Cast) -> None:
    operations.change(cast.roof, {"parent": cast.rules}, parties=[PartyInput("supporting", cast.harbour)], **HOW)
    casting.read(cast.target)
    held = [cast.roof.pk, cast.school.pk, cast.rules.pk, cast.target.pk, cast.stream.pk, cast.plan.pk]
    plans.delete(cast.plan, **HOW)
    tombstones = ChangeEntry.objects.filter(op="delete")
    assert set(held) < set(tombstones.values_list("object_id", flat=True))
    assert tombstones.count() == len(held) + 1


def test_a_draft_milestone_with_others_below_it_is_not_deleted_under_them(cast: Cast) -> None:
    operations.change(cast.roof, {"parent": cast.rules}, **HOW)
    with pytest.raises(DomainError) as refusal:
        operations.delete(cast.rules, **HOW)
    assert refusal.value.code == "in_use"


def test_a_workstream_that_holds_something_is_not_deleted(cast: Cast) -> None:
    with pytest.raises(DomainError) as refusal:
        plans.delete_workstream(cast.stream, **HOW)
    assert refusal.value.code == "in_use"
    empty = casting.workstream(cast.plan, "NEW")
    plans.delete_workstream(empty, **HOW)
