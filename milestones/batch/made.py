"""How do thousands of milestones come into memory?

Past `Model.__init__`, which asks 45 fields one after the other: that alone would cost more than all checks of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models.base import ModelState

from milestones.models import Milestone, Plan
from milestones.models.base import uuid7
from milestones.models.search import field_of

# What a batch neither looks at nor writes, or writes without a look at what was there.
_UNREAD = frozenset(
    "updated_at reminded_since policy_id statement submitted_by_id submitted_at submitted_client verified_by_id"
    " verified_at verified_client carried_from_id".split()
)
# What the health hangs on beside what a row may say, and the health.
_OF_HEALTH = frozenset(
    "created_at actual_on actual_precision health health_reason behind_since due_version baseline_on"
    " baseline_precision".split()
)

_FIND: Any = field_of(Milestone)


def read(*, with_health: bool) -> tuple[str, ...]:
    """The columns of a milestone that a batch needs, the id first."""
    names = [field.attname for field in Milestone._meta.concrete_fields if field.attname not in _UNREAD]
    wanted = [name for name in names if with_health or name not in _OF_HEALTH]
    return ("id", *(name for name in wanted if name != "id"))


def stored(names: Sequence[str], values: Sequence[Any], plan: Plan) -> Milestone:
    """One that the database has."""
    return _made(dict(zip(names, values, strict=True)), plan, adding=False)


def changed(milestone: Milestone, columns: Mapping[str, Any], plan: Plan) -> Milestone:
    """A copy with other columns."""
    values = {name: value for name, value in milestone.__dict__.items() if name != "_state"}
    return _made({**values, **columns}, plan, adding=False)


class Blank:
    """A new milestone of a plan with nothing but defaults, to be copied."""

    def __init__(self, plan: Plan, now: datetime) -> None:
        self.plan = plan
        empty = Milestone(plan=plan, reminded_since=now, created_at=now, updated_at=now)
        self.values = {field.attname: getattr(empty, field.attname) for field in Milestone._meta.concrete_fields}

    def filled(self, columns: Mapping[str, Any]) -> Milestone:
        """With an id of its own and a baseline that is its due."""
        promised = {"baseline_on": columns["due_on"], "baseline_precision": columns["due_precision"]}
        values = {**self.values, **columns, **promised, "id": uuid7()}
        return _made({**values, "find": _FIND.of(values)}, self.plan, adding=True)


def _made(values: dict[str, Any], plan: Plan, *, adding: bool) -> Milestone:
    milestone = object.__new__(Milestone)
    state = ModelState()
    state.db, state.adding, state.fields_cache = "default", adding, {"plan": plan}
    milestone.__dict__ = {"_state": state, **values}
    return milestone
