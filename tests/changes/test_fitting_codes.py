"""Is a code that would break addresses and references refused, whichever way it comes in?"""

from __future__ import annotations

from typing import Any

import pytest

from milestones.errors import RuleBroken
from milestones.models import Milestone
from milestones.people import organisations
from milestones.planning import operations, plans
from tests.batch.sending import refusals, row, send
from tests.cast import NOW, SYSTEM, Cast


def test_a_new_code_holds_no_slash(running: Cast) -> None:
    how: Any = {"actor": SYSTEM, "now": NOW}
    due = running.roof.due
    for make in (
        lambda: organisations.create({"code": "A/B", "name": "单位"}, **how),
        lambda: plans.create_workstream(running.plan, {"code": "..", "title": "甲"}, **how),
        lambda: operations.create(
            running.plan,
            {"code": "A/B", "title": "题", "workstream": running.roof.workstream, "kind": "project", "due": due},
            **how,
        ),
        lambda: operations.change(running.roof, {"code": "FIN/01"}, **how),
    ):
        with pytest.raises(RuleBroken) as refused:
            make()
        assert (refused.value.field, refused.value.code) == ("code", "slash")
    assert refusals(send(row("X/1"))) == [(0, "code", "slash")]


def test_one_that_is_there_already_stays(running: Cast) -> None:
    Milestone.objects.filter(pk=running.roof.pk).update(code="FIN/01")
    running.roof.refresh_from_db()
    assert operations.change(running.roof, {"code": "FIN/01", "title": "新"}, actor=SYSTEM, now=NOW)
    assert send(row("FIN/01", title="再新", due=None) | {"due": {"on": "2023-12-31", "precision": "year"}}).summary
