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

# What a batch neither looks at nor writes stays where it is.
_UNREAD = frozenset(
    "updated_at policy_id statement submitted_by_id submitted_at submitted_client verified_by_id verified_at"
    " verified_client carried_from_id".split()
)
READ = ("id", *(f.attname for f in Milestone._meta.concrete_fields if f.attname not in {"id", *_UNREAD}))


def stored(values: Sequence[Any], plan: Plan) -> Milestone:
    """One that the database has, of the values of `READ`."""
    return _made(dict(zip(READ, values, strict=True)), plan, adding=False)


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
        return _made({**self.values, **columns, **promised, "id": uuid7()}, self.plan, adding=True)


def _made(values: dict[str, Any], plan: Plan, *, adding: bool) -> Milestone:
    milestone = object.__new__(Milestone)
    state = ModelState()
    state.db, state.adding, state.fields_cache = "default", adding, {"plan": plan}
    milestone.__dict__ = {"_state": state, **values}
    return milestone
