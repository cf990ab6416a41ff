"""What does a row of the reminders' ledger look like?

It has no history of its own, and nobody else's name for it.
"""

from __future__ import annotations

from django.db.models import F

from milestones.models import Reminder

from .base import Shape
from .fields import code, day, external_refs, instant, number, person, placed, text, uid
from .sql import Number

STEPS = " ".join(f"WHEN '{state}' THEN {place}" for place, state in enumerate(("claimed", "sent", "suppressed"), 1))


class Version(Number):
    """A number that rises with each change of a row. It is made of when it was changed and, for what happens in one
    instant, of how far it has come: a column that is counted up would cost the sweep more than it tells."""

    on_sqlite = f"1 + 8 * django_timestamp_diff({{1}}, {{0}}) + CASE {{2}} {STEPS} ELSE 0 END"
    on_postgresql = (
        f"(1 + 8 * (extract(epoch from {{1}} - {{0}}) * 1000000)::bigint + CASE {{2}} {STEPS} ELSE 0 END)::text"
    )

    @classmethod
    def of_row(cls) -> Version:
        return cls(F("planned_at"), F("updated_at"), F("state"))


REMINDER = Shape(
    "reminder",
    Reminder,
    {
        "id": uid("pk"),
        "version": lambda _reader: Version.of_row(),
        **placed("milestone"),
        **person("recipient"),
        "step": text("step__code"),
        "day": day("day"),
        "channel": code("channel"),
        "state": code("state"),
        "reason": text("reason"),
        "occurrence": number("occurrence"),
        "due_version": number("due_version"),
        "created_at": instant("planned_at"),
        "updated_at": instant("updated_at"),
        "external_refs": external_refs("reminder"),
    },
)
