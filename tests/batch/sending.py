"""How does a test send rows, and what does it compare?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model

from milestones.actors import Actor
from milestones.batch import operations, rows
from milestones.batch.results import Answer
from milestones.models import (
    ChangeEntry,
    DateRevision,
    ExternalRef,
    Milestone,
    NextAssessment,
    NextLook,
    Party,
    Via,
)
from tests.cast import NOW

OFFICE = Actor(None, Via.API, client="ledger", scopes=frozenset({"read", "write"}))
DUE = {"on": "2023-10-31", "precision": "month"}
TABLES: tuple[type[Model], ...] = (Milestone, Party, ExternalRef, DateRevision, NextLook, NextAssessment, ChangeEntry)


def send(*given: dict[str, Any], actor: Actor = OFFICE, now: datetime = NOW, **options: bool) -> Answer:
    return operations.run([rows.take(row) for row in given], actor=actor, now=now, **options)


def row(code: str, **values: Any) -> dict[str, Any]:
    """One that makes a milestone of the cast's plan."""
    usual = {"plan": "p-2023", "workstream": "FIN", "title": f"节点 {code}", "kind": "construction", "due": DUE}
    return {**usual, "code": code, **values}


def statuses(answer: Answer) -> list[str]:
    return [str(result.status) for result in answer.results]


def refusals(answer: Answer) -> list[tuple[int, str | None, str]]:
    """(row, field, code) of everything that is refused."""
    return [(result.index, error.field, error.code) for result in answer.results for error in result.errors]


def contents(tables: Sequence[type[Model]] = TABLES) -> dict[str, list[Any]]:
    """All rows of these tables, without what differs by nature (ids of rows, and where they are told of): milestones
    are named by their codes."""
    codes = {str(pk): code for pk, code in Milestone.objects.values_list("pk", "code")}
    return {
        table.__name__: sorted((_plain(one, codes) for one in table._default_manager.values()), key=repr)
        for table in tables
    }


def _plain(values: Any, codes: dict[str, str]) -> Any:
    if isinstance(values, dict):
        return {name: _plain(value, codes) for name, value in values.items() if name not in ("id", "seq")}
    if isinstance(values, list):
        return [_plain(one, codes) for one in values]
    return codes.get(str(values), values)
