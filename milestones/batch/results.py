"""What became of each row?"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from milestones.errors import Conflict, DomainError, RuleBroken


class Status(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    INVALID = "invalid"


BAD = frozenset({Status.CONFLICT, Status.INVALID})


class Result(msgspec.Struct, gc=False):
    """`index` counts from 0; `id` and `version` are those of the milestone afterwards, None where there is none.

    Where nothing was written (a dry run, a batch that fails as a whole) they are the present ones, and `status` says
    what would have become of it.
    """

    index: int
    status: Status
    id: uuid.UUID | None = None
    version: int | None = None
    errors: Sequence[DomainError] = ()


@dataclass(frozen=True)
class Answer:
    results: Sequence[Result]
    written: bool

    @property
    def summary(self) -> dict[str, int]:
        counted = Counter(result.status for result in self.results)
        return {status.value: counted[status] for status in Status}

    @property
    def has_bad(self) -> bool:
        return any(result.status in BAD for result in self.results)


class Moved(Exception):
    """Somebody else was faster: what was read is not what is stored any more. Nothing was written; read again."""


class BothValues(Conflict):
    """The row is of an older version than the milestone: `both` has, by field, what it says and what is stored."""

    def __init__(self, known: Conflict, both: Mapping[str, Mapping[str, Any]]) -> None:
        super().__init__(known.message, version=known.version, who=known.who, when=known.when, fields=known.fields)
        self.both = both


class SameKey(RuleBroken):
    """Two rows mean one milestone, so the order of the rows would decide; `rows` are their numbers from 0."""

    code = "same_key"

    def __init__(self, first: int, second: int) -> None:
        words = _("Rows %(first)s and %(second)s have the same key; one batch says one thing of a milestone.")
        super().__init__(words % {"first": first, "second": second}, field=str(second))
        self.rows = (first, second)
