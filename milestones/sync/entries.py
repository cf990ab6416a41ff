"""Which changes are new to a reader, and which of them bring more into view than the object they changed?"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db.models import BigIntegerField, F, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from milestones.models import ChangeEntry, Op
from milestones.models.prepared import Slot
from milestones.shapes import entity_of

from . import kept
from .reader import Reader

# Numbers looked at for one page, ten for each row that is wanted; they have no gaps.
NARROWEST, WIDEST = 1_000, 10_000
ACTIVATION = "plan.activate"

Pair = tuple[Any, Any]


class Entry(NamedTuple):
    """`lead` and `parties` are (old, new) where these changed, for readers with units."""

    seq: int
    name: str
    object_id: UUID
    op: str
    version: int
    verb: str
    plan_id: UUID | None
    client: str
    via: str
    at: datetime
    lead: Any = None
    parties: Any = None

    @property
    def entity(self) -> str:
        return entity_of(self.name) or ""

    @property
    def origin(self) -> str:
        """As JSON."""
        return orjson.dumps({"client": self.client or None, "via": self.via}).decode()

    @property
    def changed_at(self) -> str:
        """As JSON."""
        return f'"{self.at.isoformat()}"'

    @property
    def is_deletion(self) -> bool:
        return self.op == Op.DELETE


COLUMNS = ("seq", "entity", "object_id", "op", "version", "verb", "plan_id", "client", "via", "at")
UNITS = {"feed_lead": KeyTransform("lead_id", F("changes")), "feed_parties": KeyTransform("parties", F("changes"))}


def between(reader: Reader, after: int, upto: int, limit: int | None = None) -> list[Entry]:
    """In order, those of (after, upto] that can concern the reader; at most `limit`."""
    key = ("entries", reader.rights, reader.only, limit)
    asked = kept.prepared(key, lambda: _told(reader, _heard(reader).order_by("seq")[:limit]))
    return [Entry(*row) for row in asked.all(after=after, upto=upto)]


def window(after: int, last: int, limit: int) -> int:
    """The number up to which one page looks."""
    return max(after, min(last, after + min(max(10 * limit, NARROWEST), WIDEST)))


def widening(reader: Reader, after: int, upto: int) -> list[Entry]:
    """Those of them that bring more into view, or take it away."""
    kinds = Q(entity="plan", verb=ACTIVATION) | Q(entity="milestone", op=Op.UPDATE)
    rows = _of(reader).filter(kinds, seq__gt=after, seq__lte=upto).order_by("seq")
    return [entry for row in _told(reader, rows) if widens(reader, entry := Entry(*row))]


def widens(reader: Reader, entry: Entry) -> bool:
    if entry.name == "plan":
        return not reader.sees_drafts and entry.verb == ACTIVATION
    if entry.name != "milestone" or entry.op != Op.UPDATE or reader.units is None:
        return False
    before, after = takes_part(reader, entry.lead, entry.parties)
    return before != after


def takes_part(reader: Reader, lead: Pair | None, parties: Pair | None) -> tuple[bool, bool]:
    """Whether a unit of the reader stood in what changed of a milestone: before, and after."""
    units = reader.units or frozenset()
    leads, others = lead or (None, None), parties or (None, None)
    return tuple(  # type: ignore[return-value]  # two of two
        leads[at] in units or any(one[1] in units for one in others[at] or ()) for at in (0, 1)
    )


def _of(reader: Reader) -> QuerySet[ChangeEntry]:
    """Not of drafts that the reader does not see, nor of plans outside its reach."""
    rows = reader.sees(ChangeEntry.objects.all())
    plans = reader.actor.reach.plans
    return rows if plans is None else rows.filter(Q(plan_id__isnull=True) | Q(plan_id__in=plans))


def _heard(reader: Reader) -> QuerySet[ChangeEntry]:
    between = {"seq__gt": Slot("after", BigIntegerField()), "seq__lte": Slot("upto", BigIntegerField())}
    return _of(reader).filter(**between, entity__in=sorted(reader.heard))


def _told(reader: Reader, rows: QuerySet[ChangeEntry]) -> QuerySet[ChangeEntry, tuple[Any, ...]]:
    units = UNITS if reader.units is not None else {}
    return rows.annotate(**units).values_list(*COLUMNS, *units)
