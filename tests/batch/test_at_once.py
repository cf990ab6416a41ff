"""Two batches, or a batch and a verb, at one moment: is nothing made twice, lost or overwritten unseen?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.batch import operations as batches
from milestones.batch.results import Answer
from milestones.changes import comparing
from milestones.models import ExternalRef, Milestone, Person
from milestones.people import operations as people
from milestones.planning import operations, plans
from milestones.workdays.periods import FuzzyDate
from tests.batch.sending import row, send, statuses
from tests.cast import NOW, SYSTEM, Cast
from tests.two_at_once import together, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {"plan": "p-2023", "code": "FIN-01"}


def known(*numbers: int, **values: Any) -> list[dict[str, Any]]:
    return [row(f"N-{n}", ref={"system": "erp", "id": str(n)}, **values) for n in numbers]


def whole() -> bool:
    return [fault for faults in comparing.objects(Milestone) for fault in faults] == []


def said(answer: object) -> list[str]:
    assert isinstance(answer, Answer), answer
    return statuses(answer)


def test_the_same_new_rows_are_made_once(running: Cast) -> None:
    first, second = while_uncommitted(lambda: send(*known(1, 2, 3)), lambda: send(*known(3, 2, 1, title="后到")))
    assert said(first) == ["created"] * 3
    assert said(second) == ["updated"] * 3
    assert Milestone.objects.filter(code__startswith="N-").count() == ExternalRef.objects.count() == 3
    assert whole()


def test_many_batches_of_the_same_keys(running: Cast) -> None:
    numbers = list(range(30))
    acts = [lambda order=order: send(*known(*order, title=f"{order[0]}")) for order in (numbers, numbers[::-1]) * 3]
    for answer in together(*acts):
        assert len(said(answer)) == 30
    assert Milestone.objects.filter(code__startswith="N-").count() == 30
    assert whole()


def test_codes_that_are_given_are_given_once(running: Cast) -> None:
    def bare(system: str) -> list[dict[str, Any]]:
        rows = [{**row("x"), "ref": {"system": system, "id": str(n)}} for n in range(5)]
        return [{name: value for name, value in one.items() if name != "code"} for one in rows]

    for answer in while_uncommitted(lambda: send(*bare("a")), lambda: send(*bare("b"))):
        assert said(answer) == ["created"] * 5
    codes = Milestone.objects.values_list("code", flat=True)
    assert sorted(codes) == [f"FIN-{n:02}" for n in range(1, 14)]


def test_a_change_in_between_is_not_overwritten_unseen(running: Cast) -> None:
    version = Milestone.objects.get(code="FIN-01").version
    edited, answer = while_uncommitted(
        lambda: operations.change(running.roof, {"title": "先到", "stage": "封顶"}, actor=SYSTEM, now=NOW),
        lambda: send({**KEY, "title": "后到", "if_version": version}, {**KEY, "code": "FIN-02", "title": "新"}),
    )
    assert edited is True
    assert said(answer) == ["conflict", "updated"]
    assert Milestone.objects.get(code="FIN-01").title == "先到"


def test_without_a_version_it_goes_on_from_what_was_written(running: Cast) -> None:
    _edited, answer = while_uncommitted(
        lambda: operations.change(running.roof, {"stage": "封顶"}, actor=SYSTEM, now=NOW),
        lambda: send({**KEY, "title": "后到"}),
    )
    assert said(answer) == ["updated"]
    roof = Milestone.objects.get(code="FIN-01")
    assert (roof.title, roof.stage) == ("后到", "封顶")
    assert whole()


def test_a_plan_that_is_closed_meanwhile_takes_nothing(running: Cast) -> None:
    _closed, answer = while_uncommitted(
        lambda: plans.close(running.plan, actor=SYSTEM, now=NOW), lambda: send({**KEY, "title": "x"}, row("N-1"))
    )
    assert said(answer) == ["invalid", "invalid"]
    assert isinstance(answer, Answer)
    assert {error.code for result in answer.results for error in result.errors} == {"plan_closed"}


def test_nothing_is_given_to_who_leaves_in_the_same_instant(running: Cast) -> None:
    viewer = Person.objects.get(email="viewer@example.org")
    _left, answer = while_uncommitted(
        lambda: people.deactivate(viewer, actor=SYSTEM, now=NOW),
        lambda: send({**KEY, "accountable": "viewer@example.org"}, row("N-1")),
    )
    assert said(answer) == ["invalid", "created"]


def test_a_row_of_a_draft_that_is_deleted_meanwhile_is_made_anew(cast: Cast) -> None:
    milestone = Milestone.objects.get(code="FIN-03")
    _deleted, answer = while_uncommitted(
        lambda: operations.delete(milestone, actor=SYSTEM, now=NOW), lambda: send(row("FIN-03"))
    )
    assert said(answer) == ["created"]


def test_batches_and_verbs_among_one_another(running: Cast) -> None:
    send(*known(*range(10)))
    rows = list(Milestone.objects.select_related("plan").filter(code__startswith="N-"))

    def verbs() -> None:
        for one in rows:
            fresh = Milestone.objects.select_related("plan").get(pk=one.pk)
            due = FuzzyDate(date(2023, 5, 31))
            operations.change(fresh, {"due": due, "lead": running.harbour}, reason="台风", actor=SYSTEM, now=NOW)

    answers = together(
        verbs,
        lambda: send(*known(*range(10), title="甲", reason="改回")),
        lambda: send(*known(*range(9, -1, -1), accountable="owner@example.org", stage="乙", reason="改回")),
    )
    for answer in answers[1:]:
        assert set(said(answer)) <= {"updated", "unchanged"}
    assert whole()


def test_whoever_is_never_first_is_told_so(running: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from milestones.batch import applying, results
    from milestones.errors import Conflict

    def moved(*_args: Any, **_options: Any) -> None:
        raise results.Moved

    monkeypatch.setattr(applying, "write", moved)
    with pytest.raises(Conflict):
        send({**KEY, "title": "x"})
    assert batches.ATTEMPTS > 1
