"""Whatever batches come, in whatever order: do the tables hold what a dictionary of rows would, each said once?"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.batch.results import SameKey
from milestones.changes import comparing
from milestones.models import ChangeEntry, Milestone
from tests.batch.sending import row, send, statuses
from tests.cast import Cast

NEW: dict[str, Any] = {"weight": 1, "lead": None, "parent": None, "accountable": "", "parties": []}
CODES = [f"N-{n}" for n in range(5)]
TITLES = st.sampled_from(["甲", "乙", "丙 "])
DUES = st.sampled_from(["2023-05-31", "2023-10-31"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": TITLES,
        "weight": st.integers(-1, 3),
        "due": DUES.map(lambda on: {"on": on, "precision": "month"}),
        "lead": st.sampled_from(["FTB", "HBR", "NONE", None]),
        "accountable": st.sampled_from(["owner@example.org", "OTHER@example.org", None]),
        "parent": st.sampled_from([*CODES, None]),
        "parties": st.lists(st.sampled_from(["FTB", "HBR"]), max_size=2).map(
            lambda units: [{"role": "supporting", "organisation": unit} for unit in units]
        ),
    },
)
ROWS = st.tuples(st.sampled_from(CODES), st.booleans(), FIELDS)
BATCHES = st.lists(st.tuples(st.lists(ROWS, max_size=6), st.booleans()), max_size=6)


def as_row(code: str, by_ref: bool, fields: dict[str, Any]) -> dict[str, Any]:
    known = {"ref": {"system": "erp", "id": code}} if by_ref else {}
    return {**row(code), **known, **fields, "reason": "说明"}


@pytest.mark.parametrize("active", [False, True], ids=["draft", "active"])
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(batches=BATCHES)
def test_batches_against_a_model(cast: Cast, active: bool, batches: list[Any]) -> None:
    with transaction.atomic():
        if active:
            cast.activate()
        for rows, atomic in batches:
            _check([as_row(*one) for one in rows], atomic)
        assert [fault for faults in comparing.objects(Milestone) for fault in faults] == []
        transaction.set_rollback(True)
    cast.refresh()


def _check(rows: list[dict[str, Any]], atomic: bool) -> None:
    before, entries = _present(), ChangeEntry.objects.count()
    try:
        answer = send(*rows, atomic=atomic)
    except SameKey:
        assert len({one["code"] for one in rows}) < len(rows)
        return
    if atomic and answer.has_bad:
        assert (_present(), ChangeEntry.objects.count()) == (before, entries)
        return
    good = [one for one, status in zip(rows, statuses(answer), strict=True) if status != "invalid"]
    wrote = sum(status in ("created", "updated") for status in statuses(answer))
    assert ChangeEntry.objects.count() == entries + wrote
    assert _present() == {**before, **{one["code"]: {**before.get(one["code"], NEW), **_expected(one)} for one in good}}
    assert set(statuses(send(*good))) <= {"unchanged"}


def _expected(one: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"title": one["title"].strip(), "due": one["due"]["on"], "weight": one.get("weight")}
    for name in ("lead", "parent"):
        said[name] = one.get(name, "absent")
    said["accountable"] = (one["accountable"] or "").lower() if "accountable" in one else "absent"
    said["parties"] = sorted(party["organisation"] for party in one["parties"]) if "parties" in one else "absent"
    return {
        name: value for name, value in said.items() if value != "absent" and not (name == "weight" and value is None)
    }


def _present() -> dict[str, dict[str, Any]]:
    rows = Milestone.objects.filter(code__in=CODES).select_related("lead", "accountable", "parent")
    return {
        one.code: {
            "title": one.title,
            "due": one.due_on.isoformat(),
            "weight": one.weight,
            "lead": one.lead and one.lead.code,
            "parent": one.parent and one.parent.code,
            "accountable": one.accountable.email if one.accountable else "",
            "parties": sorted(one.parties.values_list("organisation__code", flat=True)),
        }
        for one in rows
    }
