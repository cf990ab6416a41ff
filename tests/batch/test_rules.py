"""Is every rule of the verbs kept, with the row and the field at fault?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.actors import Actor, Reach
from milestones.batch.results import SameKey
from milestones.models import DateRevision, ExternalRef, GuardRefusal, Milestone, OutgoingMail, Party, Via, Watch
from milestones.people import operations as people
from milestones.people import organisations
from milestones.planning import lifecycle
from tests.batch.sending import contents, refusals, row, send, statuses
from tests.cast import LATER, NOW, SYSTEM, Cast, acting, bring

KEY = {"plan": "p-2023", "code": "FIN-01"}
UNKNOWN_PARTY = {"role": "supporting", "organisation": "X"}
REF = {"ref": {"system": "erp", "id": "1"}}

# (what is wrong, what the row says of a new milestone, field, code)
NEW: list[tuple[str, dict[str, Any], str, str]] = [
    ("no title", {"title": "  "}, "title", "missing"),
    ("a title of two lines", {"title": "a\nb"}, "title", "lines"),
    ("a title too long", {"title": "长" * 201}, "title", "too_long"),
    ("an unknown kind", {"kind": "bridge"}, "kind", "choice"),
    ("no weight", {"weight": 0}, "weight", "weight"),
    ("a weight that no column holds", {"weight": 10**30}, "weight", "bounds"),
    ("a day within its quarter", {"due": {"on": "2023-09-29", "precision": "quarter"}}, "due.on", "period_end"),
    ("an unknown precision", {"due": {"on": "2023-09-30", "precision": "week"}}, "due.precision", "precision"),
    ("a year of no plan", {"due": {"on": "0023-09-30"}}, "due", "bounds"),
    ("a span that runs back", {"source_span": [9, 4]}, "source_span", "span"),
    ("a span out of bounds", {"source_span": [-1, 4]}, "source_span", "bounds"),
    ("an unknown workstream", {"workstream": "XYZ"}, "workstream", "reference"),
    ("an unknown person", {"accountable": "nobody@example.org"}, "accountable", "reference"),
    ("an unknown lead", {"lead": "NONE"}, "lead", "reference"),
    ("an unknown parent", {"parent": "FIN-99"}, "parent", "reference"),
    ("another plan's parent", {"parent": "p-2022/FIN-01"}, "parent", "reference"),
    ("itself as parent", {"parent": "N-1"}, "parent", "cycle"),
    ("an unknown role", {"parties": [{"role": "boss", "organisation": "FTB"}]}, "parties", "choice"),
    ("a party twice", {"parties": [{"role": "supporting", "organisation": "FTB"}] * 2}, "parties", "duplicate"),
    ("an unknown party", {"parties": [UNKNOWN_PARTY]}, "parties.0.organisation", "reference"),
    ("a reference without a name", {"external_refs": [{"system": "", "id": "1"}]}, "external_refs", "missing"),
    ("a reference twice", {"external_refs": [{"system": "a", "id": "1"}] * 2}, "external_refs", "twice"),
    ("a key without a name", {"ref": {"system": "erp", "id": ""}}, "ref.id", "missing"),
    ("an endless reference", {"ref": {"system": "erp", "id": "x" * 201}}, "ref", "too_long"),
    ("a marking", {"description": "密级：机密"}, "description", "classified"),
    ("a marking in a reference", {"ref": {"system": "erp", "id": "机密★10年"}}, "external_refs", "classified"),
    ("a state", {"state": "completed"}, "state", "read_only"),
    ("a baseline", {"baseline": {"on": "2023-10-31"}}, "baseline", "read_only"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "field", "code"), [case[1:] for case in NEW], ids=[case[0] for case in NEW])
def test_a_new_milestone_keeps_every_rule(running: Cast, values: dict[str, Any], field: str, code: str) -> None:
    before = contents()
    assert refusals(send(row("N-1", **values))) == [(0, field, code)]
    assert contents() == before


# (what is wrong, what the row says of FIN-01, field, code)
CHANGES: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("a date without a reason", {"due": {"on": "2023-05-31"}}, "reason", "reason_missing"),
    ("a forecast without one", {"forecast": {"on": "2023-05-31"}}, "reason", "reason_missing"),
    ("another plan", {"plan": "p-2024", **REF}, "plan", "other_plan"),
    ("a code that another has", {"code": "FIN-02", **REF}, "code", "duplicate"),
    ("no code", {"code": "", **REF}, "code", "missing"),
    ("a circle", {"parent": "FIN-02"}, "parent", "cycle"),
    ("a marking in the reason", {"due": {"on": "2023-05-31"}, "reason": "机密★"}, "reason", "classified"),
    ("a beginning without an end", {"source_span": [4, 4]}, "source_span", "span"),
]


@pytest.mark.parametrize(("values", "field", "code"), [case[1:] for case in CHANGES], ids=[case[0] for case in CHANGES])
def test_a_change_keeps_every_rule(running: Cast, values: dict[str, Any], field: str, code: str) -> None:
    send({**KEY, **REF}, {"plan": "p-2023", "code": "FIN-02", "parent": "FIN-01"})
    before = contents()
    named = values if "ref" in values else {**KEY, **values}
    assert refusals(send(named)) == [(0, field, code)]
    assert contents() == before


def test_a_refused_marking_is_kept_without_its_text(running: Cast) -> None:
    send(row("N-1", description="密级：机密"), row("N-2", description="商业秘密"))
    assert GuardRefusal.objects.get().field == "description"
    assert list(Milestone.objects.filter(code__startswith="N-").values_list("code", flat=True)) == ["N-2"]


def test_several_missing_fields_are_all_told(running: Cast) -> None:
    assert refusals(send({"plan": "p-2023", "code": "N-1", "title": "只有标题"})) == [
        (0, "workstream", "missing"),
        (0, "kind", "missing"),
        (0, "due", "missing"),
    ]


def test_a_row_needs_a_key(running: Cast) -> None:
    keyless = row("N-1")
    del keyless["code"]
    assert refusals(send(keyless, {"title": "x"}, {"code": "FIN-01"})) == [(n, "ref", "missing") for n in range(3)]


def test_a_row_with_a_ref_and_no_code_gets_one(running: Cast) -> None:
    first, second = ({**row("x"), "ref": {"system": "erp", "id": str(n)}} for n in range(2))
    del first["code"], second["code"]
    assert statuses(send(first, row("FIN-07"), second)) == ["created"] * 3
    found = ExternalRef.objects.order_by("external_id").values_list("object_id", flat=True)
    assert [Milestone.objects.get(pk=pk).code for pk in found] == ["FIN-08", "FIN-09"]


# --- Rights -----------------------------------------------------------------------------------------------------------
def test_people_do_what_their_roles_allow(running: Cast) -> None:
    rows = [{**KEY, "title": "新"}, {"plan": "p-2023", "code": "FIN-02", "title": "新"}, row("N-1")]
    assert statuses(send(*rows, actor=acting(running.coordinator))) == ["updated", "invalid", "invalid"]
    assert statuses(send({**KEY, "due": {"on": "2023-05-31"}, "reason": "x"}, actor=acting(running.coordinator))) == [
        "invalid"
    ]
    assert statuses(send({**KEY, "forecast": {"on": "2023-05-31"}, "reason": "x"}, actor=acting(running.owner))) == [
        "updated"
    ]
    assert refusals(send({**KEY, "title": "y"}, actor=acting(running.viewer))) == [(0, None, "forbidden")]
    assert statuses(send(*rows, actor=acting(running.office))) == ["unchanged", "updated", "created"]


def test_a_client_that_only_reads_changes_nothing(running: Cast) -> None:
    reader = Actor(None, Via.API, client="reader", scopes=frozenset({"read"}))
    assert refusals(send({**KEY, "title": "y"}, row("N-1"), actor=reader)) == [
        (0, None, "forbidden"),
        (1, None, "forbidden"),
    ]


def test_a_reach_of_plans_hides_the_others(running: Cast) -> None:
    elsewhere = Actor(None, Via.API, client="x", scopes=frozenset({"write"}), reach=Reach(plans=frozenset()))
    assert refusals(send({**KEY, "title": "y"}, actor=elsewhere)) == [(0, "plan", "reference")]


# --- What has left or closed ------------------------------------------------------------------------------------------
def test_nothing_is_given_to_who_has_left(running: Cast) -> None:
    people.deactivate(running.viewer, actor=SYSTEM, now=NOW)
    organisations.create({"code": "OLD", "name": "旧单位", "is_active": False}, actor=SYSTEM, now=NOW)
    party = {"role": "supporting", "organisation": "HBR", "person": "viewer@example.org"}
    rows = [{**KEY, "accountable": "viewer@example.org"}, row("N-1", lead="OLD"), row("N-2", parties=[party])]
    assert refusals(send(*rows)) == [
        (0, "accountable", "inactive"),
        (1, "lead", "inactive"),
        (2, "parties", "inactive"),
    ]


def test_a_closed_plan_takes_nothing(running: Cast) -> None:
    running.close()
    assert refusals(send({**KEY, "title": "x"}, row("N-1"))) == [(0, None, "plan_closed"), (1, None, "plan_closed")]
    assert statuses(send(KEY)) == ["unchanged"]


@pytest.mark.parametrize("state", ["submitted", "completed", "cancelled"])
def test_dates_of_what_is_done_do_not_move(running: Cast, state: str) -> None:
    bring(running, running.roof, state)
    assert refusals(send({**KEY, "due": {"on": "2023-05-31"}, "reason": "x"})) == [(0, "due", "state")]
    assert statuses(send({**KEY, "title": "x"})) == ["updated"]


def test_a_state_that_moved_is_no_obstacle_to_a_text(running: Cast) -> None:
    lifecycle.start(running.roof, actor=SYSTEM, now=NOW)
    assert statuses(send({**KEY, "stage": "封顶"})) == ["updated"]


# --- Keys and references ----------------------------------------------------------------------------------------------
def test_a_new_ref_with_plan_and_code_is_attached(running: Cast) -> None:
    assert statuses(send({**KEY, **REF})) == ["updated"]
    assert ExternalRef.objects.get(system="erp").object_id == running.roof.pk
    assert statuses(send({**KEY, **REF})) == ["unchanged"]
    assert statuses(send({**REF, "title": "新"})) == ["updated"]


def test_a_second_ref_of_one_system_is_a_mistake(running: Cast) -> None:
    send({**KEY, **REF})
    assert refusals(send({**KEY, "ref": {"system": "erp", "id": "2"}})) == [(0, "code", "duplicate")]
    assert statuses(send({**KEY, "ref": {"system": "crm", "id": "2"}})) == ["updated"]


def test_a_ref_of_another_milestone_stays_there(running: Cast) -> None:
    send({**KEY, **REF})
    taken = [{"system": "erp", "id": "1"}]
    assert refusals(send({"plan": "p-2023", "code": "FIN-02", "external_refs": taken})) == [
        (0, "external_refs", "duplicate")
    ]


def test_the_list_of_references_is_the_whole_list(running: Cast) -> None:
    send({**KEY, "external_refs": [{"system": "a", "id": "1"}, {"system": "b", "id": "1"}]})
    send({**KEY, "external_refs": [{"system": "b", "id": "1"}]})
    assert list(ExternalRef.objects.values_list("system", flat=True)) == ["b"]
    assert statuses(send({**KEY, "external_refs": [{"system": "b", "id": "1"}]})) == ["unchanged"]


def test_two_rows_that_bring_one_reference(running: Cast) -> None:
    brought = [{"system": "a", "id": "1"}]
    answer = send(row("N-1", external_refs=brought), row("N-2", external_refs=brought))
    assert refusals(answer) == [(1, "external_refs", "duplicate")]


@pytest.mark.parametrize(
    ("first", "second"),
    [(KEY, KEY), (REF, REF), ({**REF}, KEY), (row("N-1", **REF), row("N-1"))],
    ids=["codes", "refs", "ref and code", "a new one"],
)
def test_two_rows_of_one_milestone_are_refused_as_a_whole(running: Cast, first: Any, second: Any) -> None:
    send({**KEY, **REF})
    with pytest.raises(SameKey) as error:
        send(first, row("N-9"), second)
    assert error.value.rows == (0, 2)


# --- Parents ----------------------------------------------------------------------------------------------------------
def test_a_parent_may_come_in_the_same_batch_even_later(running: Cast) -> None:
    assert statuses(send(row("N-1", parent="N-2"), row("N-2", parent="p-2023/FIN-01"))) == ["created", "created"]
    child = Milestone.objects.get(code="N-1")
    assert child.parent is not None
    assert child.parent.parent == running.roof


def test_a_circle_within_the_batch(running: Cast) -> None:
    assert refusals(send(row("N-1", parent="N-2"), row("N-2", parent="N-1"), row("N-3", parent="N-1"))) == [
        (0, "parent", "cycle"),
        (1, "parent", "cycle"),
        (2, "parent", "reference"),
    ]


def test_below_a_refused_row_nothing_stands(running: Cast) -> None:
    answer = send(row("N-1", parent="N-2"), row("N-2", weight=0), row("N-3", parent="FIN-01"))
    assert statuses(answer) == ["invalid", "invalid", "created"]


# --- Letters ----------------------------------------------------------------------------------------------------------
def test_each_person_gets_one_mail_of_what_is_theirs_now(running: Cast) -> None:
    OutgoingMail.objects.all().delete()
    rows = [row(f"N-{n}", accountable="owner@example.org") for n in range(3)]
    send(*rows, {"plan": "p-2023", "code": "FIN-02", "accountable": "owner@example.org"}, now=LATER)
    (mail,) = OutgoingMail.objects.all()
    assert mail.recipient == running.owner
    assert all(code in mail.text for code in ("N-0", "N-1", "N-2", "FIN-02"))


def test_and_one_of_all_dates_that_moved(running: Cast) -> None:
    send(*(row(f"N-{n}", accountable="owner@example.org") for n in range(2)))
    OutgoingMail.objects.all().delete()
    send(*({"plan": "p-2023", "code": f"N-{n}", "due": {"on": "2023-05-31"}, "reason": "提前"} for n in range(2)))
    (mail,) = OutgoingMail.objects.all()
    assert all(word in mail.text for word in ("N-0", "N-1", "提前"))


def test_who_watches_hears_of_it(running: Cast) -> None:
    Watch.objects.create(milestone=running.roof, person=running.viewer, created_at=NOW, updated_at=NOW)
    OutgoingMail.objects.all().delete()
    send({**KEY, "due": {"on": "2023-05-31"}, "reason": "提前"})
    assert {mail.recipient for mail in OutgoingMail.objects.all()} == {running.owner, running.viewer}


def test_a_draft_tells_nobody_and_has_no_history_of_dates(cast: Cast) -> None:
    send({**KEY, "due": {"on": "2023-05-31"}}, row("N-1", accountable="owner@example.org"))
    assert not OutgoingMail.objects.exists()
    assert not DateRevision.objects.exists()
    assert Milestone.objects.get(code="FIN-01").baseline_on.isoformat() == "2023-05-31"


# --- Queries ----------------------------------------------------------------------------------------------------------
def test_the_number_of_queries_is_that_of_one_row(running: Cast, django_assert_max_num_queries: Any) -> None:
    rows = [
        row(
            f"N-{n}",
            ref={"system": "erp", "id": str(n)},
            lead="FTB",
            parties=[{"role": "supporting", "organisation": "HBR"}],
        )
        for n in range(200)
    ]
    with django_assert_max_num_queries(30):
        assert set(statuses(send(*rows))) == {"created"}
    with django_assert_max_num_queries(8):
        assert set(statuses(send(*rows))) == {"unchanged"}
    with django_assert_max_num_queries(30):
        assert set(statuses(send(*({**one, "title": "新", "parties": []} for one in rows)))) == {"updated"}
    assert not Party.objects.filter(milestone__code__startswith="N-").exists()
