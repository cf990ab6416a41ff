"""What would a file change? Read and checked a thousand rows at a time, so that memory stays flat; nothing is written
but what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from msgspec import UNSET

from milestones.actors import Actor
from milestones.batch import beside, match, operations
from milestones.batch.preparing import Job
from milestones.batch.results import Result, SameKey, Status
from milestones.changes import labels
from milestones.errors import Conflict, DomainError, RuleBroken
from milestones.models import ImportBatch, ImportState, RowStatus

from ..excel import heading
from ..excel.columns import PARTIES
from ..excel.names import Names
from ..excel.reading import Read, Rows
from ..sheets.opening import Opened
from . import fixed, judged, merging
from .judged import Judged

AT_ONCE = 1000
COUNTED = {
    RowStatus.NEW: "new",
    RowStatus.CHANGED: "changed",
    RowStatus.CONFLICT: "conflicts",
    RowStatus.ERROR: "errors",
}
Step = Callable[[int], None]


def look(batch: ImportBatch, file: Opened, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """Afterwards the batch is ready to be decided, and its rows tell all that is not as it is stored.

    Raises NotThisTable, FileRefused. Safe to run again.
    """
    found = heading.find(file.tables)
    batch.rows.all().delete()
    looking = _Looking(batch, found, actor, now)
    rows = Rows(found, Names(actor), batch.plan.code if batch.plan else None)
    looking.roles = rows.roles
    for some in _chunks(rows.read()):
        judged.keep(batch, looking.judge(some))
        step(len(some))
    judged.keep(batch, looking.judge_children())
    batch.sheet = found.table.name[:100]
    batch.found = found_in(found)
    for name, value in looking.counts.items():
        setattr(batch, name, value)
    batch.state = ImportState.READY
    batch.save(update_fields=["sheet", "found", "state", *looking.counts])


def found_in(found: heading.Heading) -> dict[str, Any]:
    """What a batch tells of the columns of its file."""
    return {
        "table": found.kind.name,
        "names": [column.name for _place, column in sorted(found.places.items(), key=_first)],
        "ignored": [words[:100] for words in found.ignored[:50]],
        "others": [words[:100] for words in found.others[:20]],
    }


def _first(item: tuple[int, Any]) -> int:
    return item[0]


def _chunks(rows: Iterator[Read]) -> Iterator[list[Read]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some


class _Looking:
    """What is known of the whole file while its rows go by."""

    def __init__(self, batch: ImportBatch, found: heading.Heading, actor: Actor, now: datetime) -> None:
        self.batch, self.heading = batch, found
        self.how: Any = {"actor": actor, "now": now}
        self.roles: frozenset[str] = frozenset()
        self.counts = dict.fromkeys(["total", "newer", *COUNTED.values()], 0)
        self.places: dict[Any, int] = {}  # what rows mean, by key, and in which row it stood first
        self.new_codes: set[tuple[str, str]] = set()
        self.children: list[tuple[Read, Judged]] = []  # below a milestone that may be made by a later row

    def judge(self, rows: Sequence[Read]) -> list[Judged]:
        self.counts["total"] += len(rows)
        found: list[Judged] = []
        sound: list[Read] = []
        edited = fixed.edited(rows, get_language() or "en")
        for read in rows:
            read.faults += edited.get(read.number, ())
            if read.faults:
                found.append(judged.faulty(read, self.heading))
            elif error := self._twice(read, [_key(read), _place(read)]):
                found.append(judged.refused(read, [error], self.heading, None))
            else:
                read.row.reason = read.row.reason or self.batch.reason
                sound.append(read)
        self._complete_parties(sound)
        return self._counted([*found, *self._foreseen(sound)])

    def judge_children(self) -> list[Judged]:
        """Those whose parent is new in this file, in whatever row, are sound without it."""
        rest = [one for read, one in self.children if not self._parent_is_new(read)]
        sound = [read for read, _one in self.children if self._parent_is_new(read)]
        found: list[Judged] = []
        for some in _chunks(iter(sound)):
            parents = {read.number: read.row.parent for read in some}
            for read in some:
                read.row.parent = UNSET
            for one in self._foreseen(some):
                told = parents[one.number]
                old = one.changes.get("parent", [None])[0]
                sound_one = one.status != RowStatus.ERROR
                found.append(
                    Judged(
                        one.number,
                        one.status,
                        one.label,
                        one.milestone,
                        {**one.values, "parent": told} if sound_one else one.values,
                        {**one.changes, "parent": [old, told]} if sound_one else one.changes,
                        one.errors,
                    )
                )
        self.children = []
        return self._counted([*rest, *found])

    def _parent_is_new(self, read: Read) -> bool:
        return (read.row.plan, read.row.parent) in self.new_codes

    # What the batch says ---------------------------------------------------------------------------------------------
    def _foreseen(self, rows: Sequence[Read]) -> list[Judged]:
        rows, doubles = list(rows), list[Judged]()
        while True:
            try:
                job = operations.foresee([read.row for read in rows], **self.how)
                break
            except SameKey as error:  # by its key in one row, by its code in another
                read = rows.pop(error.rows[1])
                words = _("Row %(row)s means the same milestone; keep one of them.")
                twice = RuleBroken(words % {"row": rows[error.rows[0]].number}, field="code", code="same_key")
                doubles.append(judged.refused(read, [twice], self.heading, None))
        return [*doubles, *self._told(rows, job)]

    def _told(self, rows: Sequence[Read], job: Job) -> Iterator[Judged]:
        writes = {write.candidate.index: write for write in job.writes}
        old = beside.parties([write.pk for write in job.writes if "parties" in write.parts and not write.is_new])
        stale: list[tuple[Read, Result]] = []
        for index, read in enumerate(rows):
            result = job.results[index]
            if result.id and (error := self._twice(read, [result.id])):
                yield judged.refused(read, [error], self.heading, result.id)
            elif result.status == Status.CREATED:
                self.new_codes.add((writes[index].plan.code, writes[index].milestone.code))
                yield judged.new(read, writes[index])
            elif result.status == Status.UPDATED:
                yield judged.changed(read, writes[index], old.get(writes[index].pk, ()))
            elif result.status == Status.CONFLICT:
                stale.append((read, result))
            elif result.status == Status.INVALID:
                yield from self._refused(read, result)
        yield from self._conflicts(stale) if stale else ()

    def _refused(self, read: Read, result: Result) -> Iterator[Judged]:
        one = judged.refused(read, result.errors, self.heading, result.id)
        if any((error.field, error.code) == ("parent", "reference") for error in result.errors):
            self.children.append((read, one))
        else:
            yield one

    def _conflicts(self, stale: Sequence[tuple[Read, Result]]) -> Iterator[Judged]:
        merged = merging.merge(stale)
        edited = [one for one in merged if one.row is not None]
        self.counts["newer"] += len(merged) - len(edited)
        job = operations.foresee([one.row for one in edited if one.row], **self.how)
        writes = {write.candidate.index: write for write in job.writes}
        old = beside.parties([write.pk for write in job.writes if "parties" in write.parts])
        for index, one in enumerate(edited):
            assert one.row is not None
            result = job.results[index]
            if result.status == Status.INVALID:
                yield judged.refused(one.read, result.errors, self.heading, result.id)
            elif index not in writes:  # the same was done here
                self.counts["newer"] += 1
            else:
                yield self._conflict(one, judged.changed(_with(one), writes[index], old.get(writes[index].pk, ())))

    def _conflict(self, merged: merging.Merged, one: Judged) -> Judged:
        told = {"name": "", "cell": str(one.number), "code": "conflict", "message": _since(merged.result.errors[0])}
        return Judged(one.number, RowStatus.CONFLICT, one.label, one.milestone, one.values, one.changes, [told])

    # What rows mean --------------------------------------------------------------------------------------------------
    def _twice(self, read: Read, keys: Iterable[Any]) -> DomainError | None:
        for key in keys:
            if key is not None and (first := self.places.setdefault(key, read.number)) != read.number:
                words = _("Row %(row)s means the same milestone; keep one of them.")
                return RuleBroken(words % {"row": first}, field="code", code="same_key")
        return None

    def _complete_parties(self, rows: Sequence[Read]) -> None:
        """A file that has columns for some of the roles says nothing of the others."""
        if not rows or not self.roles or len(self.roles) == len(PARTIES):
            return
        found = match.match([read.row for read in rows], self.how["actor"])
        standing = beside.parties([pk for pk in found.meant if pk])
        for read, pk in zip(rows, found.meant, strict=True):
            others = [one for one in standing.get(pk, ()) if one.role not in self.roles] if pk else []
            read.row.parties = [*(read.row.parties or ()), *judged.rows_of(others)]

    def _counted(self, rows: list[Judged]) -> list[Judged]:
        for one in rows:
            self.counts[COUNTED[one.status]] += 1
        return rows


def _since(error: DomainError) -> str:
    """Who changed it here last, and when."""
    if not isinstance(error, Conflict) or error.when is None:
        return _("Changed here since the export.")
    shown = {"who": labels.who(error.who), "when": f"{timezone.localtime(error.when):%Y-%m-%d %H:%M}"}
    return _("Changed here since the export, last by %(who)s at %(when)s.") % shown


def _with(merged: merging.Merged) -> Read:
    assert merged.row is not None
    return Read(merged.read.number, merged.row)


def _key(read: Read) -> Any:
    return read.row.id or None


def _place(read: Read) -> Any:
    return read.row.codes
