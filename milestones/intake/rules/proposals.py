"""What does reading a text give? Proposals, the fields of work, and what was passed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from milestones.workdays.periods import FuzzyDate

Span = tuple[int, int]  # [start, end) in characters of the text as it was given
TARGET, MILESTONE = "target", "milestone"


@dataclass(frozen=True)
class Proposal:
    """A milestone or target. `span` is the phrase that says it, `sentence_span` the sentence or table row around it.

    Of a target `kind` and `stage` are empty, of a milestone `measure` to `unit`. `due` is None only when neither text
    nor caller names a year. `lead` and `supporting` are names of organisations as the text has them.
    """

    type: str
    title: str
    span: Span
    sentence: str
    sentence_span: Span
    workstream: str = ""
    due: FuzzyDate | None = None
    kind: str = ""
    stage: str = ""
    measure: str = ""
    bound: str = ""
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str = ""
    lead: str = ""
    supporting: tuple[str, ...] = ()

    @property
    def is_target(self) -> bool:
        return self.type == TARGET

    def as_json(self) -> dict[str, Any]:
        """The line that `manage.py intake --json` prints."""
        return {
            "type": self.type,
            "title": self.title,
            "workstream": self.workstream or None,
            "kind": self.kind or None,
            "measure": self.measure or None,
            "bound": self.bound or None,
            "value": _number(self.value),
            "value_max": _number(self.value_max),
            "unit": self.unit or None,
            "due": self.due.on.isoformat() if self.due else None,
            "precision": self.due.precision.value if self.due else None,
            "span": list(self.span),
            "sentence": self.sentence,
        }


@dataclass(frozen=True)
class Field:
    """A field of work (workstream) that the text is ordered by; `span` is its heading."""

    title: str
    span: Span


@dataclass(frozen=True)
class Dropped:
    """What was passed over, and why: noise of the page (`caption`, `repeated`, `page` …), or a look back (`past`)."""

    span: Span
    why: str


@dataclass(frozen=True)
class Reading:
    """All that was read of a text, in its order. `year` is the year the plan is about, None when none is named."""

    year: int | None
    proposals: tuple[Proposal, ...] = ()
    workstreams: tuple[Field, ...] = ()
    dropped: tuple[Dropped, ...] = field(default=())

    @property
    def targets(self) -> tuple[Proposal, ...]:
        return tuple(one for one in self.proposals if one.is_target)

    @property
    def milestones(self) -> tuple[Proposal, ...]:
        return tuple(one for one in self.proposals if not one.is_target)


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
