"""Dependencies, carry-over, delegations and hand-over in the workbench: looked at first, then done by the verbs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from milestones.models import Delegation, Dependency, Milestone, Organisation, Person, Plan
from milestones.people import delegations, organisations
from milestones.planning import dependencies, operations, plans
from milestones.workdays.periods import FuzzyDate
from tests import cast as casting
from tests.admin.forms import Desk
from tests.cast import NOW, SYSTEM, Cast

pytestmark = pytest.mark.django_db

HOW: Any = {"actor": SYSTEM, "now": NOW}


def at(row: Any, *more: str) -> str:
    return "/".join([f"/admin/milestones/{row._meta.model_name}/{row.pk}", *more]) + "/"


@pytest.fixture
def active(cast: Cast) -> Cast:
    cast.activate()
    return cast


# --- Dependencies -----------------------------------------------------------------------------------------------------
def test_a_dependency_is_added_from_the_milestones_page_edited_and_removed(active: Cast, desk: Desk) -> None:
    page = at(active.rules, "change")
    add = f"/admin/milestones/dependency/add/?successor={active.rules.pk}"
    assert add in desk.text(page)
    desk.save(add, predecessor=str(active.school.pk), lag="5")
    one = Dependency.objects.get()
    assert (one.predecessor, one.successor, one.lag) == (active.school, active.rules, 5)
    shown = desk.text(page)
    assert at(one, "change") in shown
    assert "not before July 7, 2023" in shown  # June and five working days; it was due on 15 March
    desk.save(at(one, "change"), lag="6")
    assert Dependency.objects.get().lag == 6
    desk.client.post(at(one, "delete"), {"post": "yes"})
    assert not Dependency.objects.exists()


def test_a_circle_is_shown_in_the_form(active: Cast, desk: Desk) -> None:
    dependencies.add(active.roof, active.school, **HOW)
    answer = desk.save(
        "/admin/milestones/dependency/add/", predecessor=str(active.school.pk), successor=str(active.roof.pk), lag="0"
    )
    assert "FIN-02 → FIN-01 → FIN-02" in answer.content.decode()
    assert answer.context["adminform"].form.errors["predecessor"]


def test_the_list_shows_the_knock_on_of_many_as_of_few(active: Cast, desk: Desk) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert "working days later than expected" in desk.text("/admin/milestones/dependency/")
        return len(queries)

    dependencies.add(active.school, active.rules, **HOW)
    few = asked()
    for n in range(8):
        more = casting.milestone(active.plan, active.stream, f"M-{n}", FuzzyDate(date(2023, 4, 3)))
        dependencies.add(active.school, more, **HOW)
    assert asked() == few


# --- Carry-over -------------------------------------------------------------------------------------------------------
def next_plan() -> Plan:
    return casting.plan("p-2024", year=2024, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))


def test_a_plan_is_carried_over_row_by_row(active: Cast, desk: Desk) -> None:
    into = next_plan()
    page = at(active.plan, "do", "carry-over")
    assert "carry-over" in desk.text(at(active.plan, "change"))
    assert str(into.pk) in desk.text(page)
    seen = desk.client.get(page, {"into": str(into.pk)}).content.decode()
    assert all(code in seen for code in ("FIN-01", "FIN-02", "FIN-03"))
    take: dict[str, Any] = {"reason": "未完成", f"take_{active.roof.pk}": "on", f"take_{active.rules.pk}": "on"}
    take |= {f"due_{active.roof.pk}_on": "2024-05-03", f"due_{active.roof.pk}_precision": "quarter"}
    answer = desk.client.post(f"{page}?into={into.pk}", take)
    assert answer.status_code == 302
    assert [(m.code, str(m.due)) for m in into.milestones.order_by("code")] == [
        ("FIN-01", "2024Q2"),
        ("FIN-03", "2024"),
    ]
    again = desk.client.get(page, {"into": str(into.pk)}).content.decode()
    copy = Milestone.objects.get(carried_from=active.roof)
    assert at(copy, "change") in again
    assert at(copy, "change") in desk.text(at(active.roof, "change"))
    assert at(active.roof, "change") in desk.text(at(copy, "change"))


def test_without_a_later_plan_the_page_says_what_to_do(active: Cast, desk: Desk) -> None:
    assert "There is no later plan; add one first" in desk.text(at(active.plan, "do", "carry-over"))


def test_a_code_that_is_taken_is_named_and_nothing_is_copied(active: Cast, desk: Desk) -> None:
    into = next_plan()
    casting.milestone(into, casting.workstream(into), "FIN-01")
    page = f"{at(active.plan, 'do', 'carry-over')}?into={into.pk}"
    assert "rename it there" in desk.client.get(page).content.decode()
    answer = desk.client.post(page, {f"take_{active.roof.pk}": "on", f"take_{active.rules.pk}": "on"})
    assert "FIN-01" in str(answer.context["form"].non_field_errors())
    assert into.milestones.count() == 1


def test_a_draft_offers_no_carry_over(cast: Cast, desk: Desk) -> None:
    next_plan()
    assert "carry-over" not in desk.text(at(cast.plan, "change"))
    page = f"{at(cast.plan, 'do', 'carry-over')}?into={Plan.objects.get(code='p-2024').pk}"
    assert "A draft has promised nothing yet" in desk.text(page)


# --- Delegations ------------------------------------------------------------------------------------------------------
def test_the_office_says_who_stands_in_and_ends_it(cast: Cast, desk: Desk) -> None:
    today = timezone.localdate()
    desk.save(
        "/admin/milestones/delegation/add/",
        person=str(cast.owner.pk),
        deputy=str(cast.viewer.pk),
        starts_on=str(today),
        ends_on=str(today + timedelta(days=5)),
        reason="出差",
    )
    one = Delegation.objects.get()
    assert "running" in desk.text("/admin/milestones/delegation/")
    desk.save(at(one, "change"), ends_on=str(today + timedelta(days=9)))
    assert Delegation.objects.get().ends_on == today + timedelta(days=9)
    assert at(one, "do", "end") in desk.text(at(one, "change"))
    assert desk.client.post(at(one, "do", "end"), {"version": 2}).status_code == 302
    assert Delegation.objects.get().ends_on == today


def test_a_refusal_stands_at_its_field(cast: Cast, desk: Desk) -> None:
    today = str(timezone.localdate())
    both = str(cast.owner.pk)
    answer = desk.save(
        "/admin/milestones/delegation/add/", person=both, deputy=both, starts_on=today, ends_on=today, reason=""
    )
    assert answer.context["adminform"].form.errors["deputy"]


def test_one_that_has_not_begun_is_deleted_by_its_end(cast: Cast, desk: Desk) -> None:
    day = timezone.localdate() + timedelta(days=3)
    one = delegations.create(cast.owner, cast.viewer, starts_on=day, ends_on=day, actor=SYSTEM, now=timezone.now())
    assert desk.client.post(at(one, "do", "end"), {"version": 1}).status_code == 302
    assert not Delegation.objects.exists()


# --- Hand-over --------------------------------------------------------------------------------------------------------
def test_all_of_a_person_is_handed_over_and_then_they_leave(active: Cast, desk: Desk) -> None:
    organisations.edit(active.bureau, {"coordinator": active.owner}, **HOW)
    operations.assign([active.rules], active.owner, **HOW)
    page = at(active.owner, "do", "hand-over")
    assert page in desk.text(at(active.owner, "change"))
    refused = desk.client.post(at(active.owner, "do", "deactivate"), {"version": active.owner.version})
    assert "Hand these over first" in refused.content.decode()
    shown = desk.text(page)
    assert all(words in shown for words in ("p-2023/FIN-01", "p-2023/FIN-03", "coordinator"))
    typed = {"to": str(active.leader.pk), "reason": "调任", f"to_{active.rules.pk}": str(active.other.pk)}
    assert desk.client.post(page, typed).status_code == 302
    active.refresh()
    assert (active.roof.accountable, active.rules.accountable) == (active.leader, active.other)
    assert Organisation.objects.get(pk=active.bureau.pk).coordinator == active.leader
    assert "Nothing is open" in desk.text(page)
    fresh = Person.objects.get(pk=active.owner.pk)
    assert desk.client.post(at(fresh, "do", "deactivate"), {"version": fresh.version}).status_code == 302


def test_a_hand_over_to_nobody_is_refused_at_its_field(active: Cast, desk: Desk) -> None:
    answer = desk.client.post(at(active.owner, "do", "hand-over"), {"reason": "调任"})
    assert answer.context["form"].errors["to"]


def test_nobody_else_enters(active: Cast, client_of: Any) -> None:
    plans.close(active.plan, **HOW)
    for page in (
        at(active.plan, "do", "carry-over"),
        at(active.owner, "do", "hand-over"),
        "/admin/milestones/delegation/",
    ):
        assert client_of(active.leader).get(page).status_code == 403
