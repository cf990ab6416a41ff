"""What does a reader of the changes get next? Told in full in docs/algorithms/feed.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.conf import settings

from . import cursor as cursors
from . import entries, epoch
from .crawl import consequences, present
from .cursor import Cursor, Phase
from .departures import departures
from .entries import Entry
from .reader import Reader
from .rows import Row
from .seen import seen

ROUNDS = 10  # windows without a row for the reader that one request goes through


@dataclass(frozen=True)
class Page:
    """`seq` is the number up to which the reader has everything; 0 while it still gets the present state."""

    rows: list[Row]
    cursor: str
    has_more: bool
    seq: int

    def json(self) -> str:
        more = "true" if self.has_more else "false"
        rows = ",".join(row.json() for row in self.rows)
        return f'{{"results":[{rows}],"cursor":"{self.cursor}","has_more":{more}}}'


@dataclass(frozen=True)
class _Step:
    rows: list[Row]
    place: Cursor
    has_more: bool


def page(reader: Reader, *, now: datetime, limit: int, cursor: str | None = None, only: str | None = None) -> Page:
    """The next rows and where to go on: without a cursor from the present state on. `only` is the entity as asked for
    this time; it may be left out beside a cursor, which remembers it. Raises BadCursor, Gone.

    What has been committed by now is numbered first, so a reader without more to get has seen all of it.
    """
    stands = epoch.standing(now=now)
    holder = reader.holder(stands.epoch)
    place = Cursor(Phase.PRESENT, stands.last, only=only or "")
    if cursor is not None:
        place = cursors.read(cursor, holder, now.date(), days=settings.FEED_DAYS, only=only)
    reader = replace(reader, only=place.only)
    for _round in range(ROUNDS):
        step = _STEPS[place.phase](reader, place, limit, stands.last)
        place = step.place
        if step.rows or not step.has_more:
            break
    seq = {Phase.PRESENT: 0, Phase.EXPAND: place.since}.get(place.phase, place.seq)
    return Page(step.rows, cursors.write(place, holder, now.date()), step.has_more, seq)


def _present(reader: Reader, place: Cursor, limit: int, last: int) -> _Step:
    rows, following = present(reader, place, limit)
    return _Step(rows, following or _from(place), following is not None or place.seq < last)


def _expand(reader: Reader, place: Cursor, limit: int, last: int) -> _Step:
    rows, following = consequences(reader, place, limit)
    return _Step(rows, following or _from(place), following is not None or place.seq < last)


def _follow(reader: Reader, place: Cursor, limit: int, last: int) -> _Step:
    """The changes after the place: numbers have no gaps, so a window of them is as cheap at the end of a long history
    as at the end of a short one, however few of them concern the reader."""
    upto = entries.window(place.seq, last, limit)
    found = entries.between(reader, place.seq, upto, limit + 1) if upto > place.seq else []
    if len(found) > limit:
        found.pop()
        upto = found[-1].seq
    then = replace(place, seq=upto)
    widens = any(entries.widens(reader, entry) for entry in found)
    if widens:
        then = replace(then, phase=Phase.EXPAND, since=place.seq)
    return _Step(_told(reader, found), then, widens or upto < last)


_STEPS: dict[Phase, Callable[[Reader, Cursor, int, int], _Step]] = {
    Phase.PRESENT: _present,
    Phase.FOLLOW: _follow,
    Phase.EXPAND: _expand,
}


def _from(place: Cursor) -> Cursor:
    """The changes after a crawl."""
    return Cursor(Phase.FOLLOW, place.seq, only=place.only)


def _told(reader: Reader, found: Sequence[Entry]) -> list[Row]:
    """One row an object, at the place of its last entry: as it is now, or gone."""
    told = [entry for entry in found if entry.entity in reader.entities]
    last = {entry.object_id: entry for entry in told}
    shown = _shown(reader, last.values())
    left = departures(reader, [entry for entry in told if entry.object_id not in shown])
    origins = _origins(reader, told)
    rows = []
    for entry in sorted(last.values()):
        pk = entry.object_id
        if pk in shown or pk in left:
            version, data = shown.get(pk, (entry.version, None))
            rows.append(Row(entry.seq, entry.entity, pk, version, entry.changed_at, data, origins[pk]))
    return rows


def _shown(reader: Reader, wanted: Iterable[Entry]) -> dict[UUID, tuple[int, str]]:
    """Version and data of those that the reader sees; read after their entries, so never older than these."""
    ids: dict[str, list[UUID]] = {}
    for entry in wanted:
        ids.setdefault(entry.entity, []).append(entry.object_id)
    found = {}
    for entity, pks in ids.items():
        found.update(seen(reader, entity, pks))
    return found


def _origins(reader: Reader, told: Iterable[Entry]) -> dict[UUID, str]:
    """Of each object the last change that the reader did not make itself: a row is its own echo only when it is nothing
    but that. Otherwise who leaves out its own would miss what others did between."""
    mine = reader.actor.client
    found: dict[UUID, Entry] = {}
    for entry in told:
        known = found.get(entry.object_id)
        if known is None or entry.client != mine or known.client == mine:
            found[entry.object_id] = entry
    return {pk: entry.origin for pk, entry in found.items()}
