"""Do the same rows leave the same behind, whether they come as a batch or one by one through the verbs?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from milestones.changes import comparing
from milestones.models import Milestone
from milestones.planning import operations
from milestones.planning.operations import PartyInput
from milestones.workdays.periods import FuzzyDate, Precision
from tests.batch.sending import OFFICE, contents, row, send, statuses
from tests.cast import NOW, Cast

OCTOBER = FuzzyDate(date(2023, 10, 31), Precision.MONTH)
MAY = FuzzyDate(date(2023, 5, 31))
LATE = NOW + timedelta(days=70)
HOW: dict[str, Any] = {"actor": OFFICE, "now": NOW}


def undone(act: Callable[[], object]) -> dict[str, list[Any]]:
    """What the tables hold after `act`, which is then rolled back."""
    with transaction.atomic():
        act()
        found = contents()
        transaction.set_rollback(True)
    return found


def same(by_verbs: Callable[[], object], by_batch: Callable[[], object]) -> None:
    assert undone(by_batch) == undone(by_verbs)


NEW: dict[str, Any] = {"stage": "封顶", "weight": 3, "source_span": [4, 9], "description": "两行\n文字"}
DOMAIN: dict[str, Any] = {"stage": "封顶", "weight": 3, "source_start": 4, "source_end": 9, "description": "两行\n文字"}


@pytest.mark.parametrize("active", [False, True], ids=["draft", "active"])
def test_new_milestones(cast: Cast, active: bool) -> None:
    if active:
        cast.activate()

    def verbs() -> None:
        values = {"workstream": cast.stream, "kind": "construction", "due": OCTOBER, **DOMAIN}
        owned = {"accountable": cast.owner, "lead": cast.bureau, "forecast": MAY}
        parties = [PartyInput("supporting", cast.harbour, cast.other), PartyInput("responsible", cast.bureau)]
        operations.create(cast.plan, {**values, "code": "N-1", "title": "节点 N-1"}, **HOW)
        operations.create(cast.plan, {**values, **owned, "code": "N-2", "title": "节点 N-2"}, parties=parties, **HOW)

    def batch() -> None:
        owned = {"accountable": "OWNER@example.org", "lead": "FTB", "forecast": {"on": "2023-05-31"}}
        parties = [
            {"role": "supporting", "organisation": "HBR", "person": "other@example.org"},
            {"role": "responsible", "organisation": "FTB"},
        ]
        answer = send(row("N-1", **NEW), row("N-2", **NEW, **owned, parties=parties))
        assert statuses(answer) == ["created", "created"]

    same(verbs, batch)


DECEMBER = FuzzyDate(date(2023, 12, 31), Precision.MONTH)
SEVERAL = {"title": "a", "stage": "b", "weight": 9}
# (what changes, as a row, as the verb takes it)
CHANGES: list[tuple[str, dict[str, Any], Callable[[Cast], dict[str, Any]]]] = [
    ("a title", {"title": "新标题"}, lambda cast: {"title": "新标题"}),
    ("several texts", SEVERAL, lambda cast: SEVERAL),
    ("a due date", {"due": {"on": "2023-10-31", "precision": "month"}}, lambda cast: {"due": OCTOBER}),
    ("its precision", {"due": {"on": "2023-12-31", "precision": "month"}}, lambda cast: {"due": DECEMBER}),
    ("a forecast", {"forecast": {"on": "2023-05-31"}}, lambda cast: {"forecast": MAY}),
    ("an owner", {"accountable": "other@example.org"}, lambda cast: {"accountable": cast.other}),
    ("no owner", {"accountable": None}, lambda cast: {"accountable": None}),
    ("a lead", {"lead": "HBR"}, lambda cast: {"lead": cast.harbour}),
    ("a parent", {"parent": "FIN-02"}, lambda cast: {"parent": cast.school}),
    (
        "all at once",
        {"code": "X", "due": {"on": "2023-05-31"}, "lead": None, "accountable": "other@example.org"},
        lambda cast: {"code": "X", "due": MAY, "lead": None, "accountable": cast.other},
    ),
]


@pytest.mark.parametrize("active", [False, True], ids=["draft", "active"])
@pytest.mark.parametrize(("_name", "given", "values"), CHANGES, ids=[name for name, _given, _values in CHANGES])
def test_changes(cast: Cast, active: bool, _name: str, given: dict[str, Any], values: Any) -> None:
    if active:
        cast.activate()
    send({"ref": {"system": "erp", "id": "1"}, "plan": "p-2023", "code": "FIN-01"})
    roof = Milestone.objects.select_related("plan").get(pk=cast.roof.pk)
    same(
        lambda: operations.change(roof, values(cast), reason="台风", actor=OFFICE, now=LATE),
        lambda: send({"ref": {"system": "erp", "id": "1"}, "reason": "台风", **given}, now=LATE),
    )


def test_parties(running: Cast) -> None:
    parties = [PartyInput("supporting", running.harbour, running.other)]
    given = [{"role": "supporting", "organisation": "HBR", "person": "other@example.org"}]
    same(
        lambda: operations.change(running.roof, {}, parties=parties, **HOW),
        lambda: send({"plan": "p-2023", "code": "FIN-01", "parties": given}),
    )


def test_the_history_is_whole_afterwards(running: Cast) -> None:
    refs = {"system": "erp", "id": "1"}
    party = {"role": "supporting", "organisation": "HBR"}
    send(row("N-1", ref=refs, parent="N-2", parties=[party]), row("N-2", lead="FTB", accountable="owner@example.org"))
    send({"ref": refs, "due": {"on": "2023-05-31"}, "reason": "提前", "parties": []}, row("N-2", accountable=None))
    assert [fault for faults in comparing.objects(Milestone) for fault in faults] == []
