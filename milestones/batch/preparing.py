"""What would a batch write, and what becomes of each of its rows? Reads and checks only.

The number of queries does not depend on the number of rows.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET

from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.models import Milestone

from . import aiming, checking, conflicts, lookups, made, match, parents, taken
from .aiming import Aimed
from .comparing import Comparison
from .lookups import Lookups, Wish
from .match import Found, Stored
from .results import BothValues, Moved, Result, Status
from .rows import Row, Unread
from .writes import Candidate, Write


class Job:
    """`results` are in the order of the rows once `prepare` is through; `writes` are the rows that write."""

    def __init__(self, given: Sequence[Row | Unread], actor: Actor, now: datetime) -> None:
        self.given, self.actor, self.now = given, actor, now
        self.results: dict[int, Result] = {}
        self.writes: list[Write] = []

    def refuse(self, index: int, *errors: DomainError, stored: Stored | Milestone | None = None) -> None:
        for error in errors:
            if error.field in checking.OF_A_SPAN:
                error.field = "source_span"
        pk, version = (stored.id, stored.version) if stored is not None else (None, None)
        status = Status.CONFLICT if isinstance(errors[0], BothValues) else Status.INVALID
        self.results[index] = Result(index, status, pk, version, errors)

    def keep(self, index: int, stored: Stored | Milestone) -> None:
        self.results[index] = Result(index, Status.UNCHANGED, stored.id, stored.version)

    def drop(self, refused: Iterable[tuple[Write, DomainError]]) -> None:
        """These rows do not write after all."""
        gone = {id(write) for write, _error in refused}
        for write, error in refused:
            self.refuse(write.candidate.index, error, stored=write.candidate.stored)
        self.writes = [write for write in self.writes if id(write) not in gone]


def prepare(given: Sequence[Row | Unread], *, actor: Actor, now: datetime) -> Job:
    """Raises SameKey when two rows mean one milestone."""
    job = Job(given, actor, now)
    numbers, rows = _readable(job)
    found = match.match(rows, actor)
    aiming.check_no_key_twice(numbers, found)
    candidates = _candidates(job, _current(job, _aimed(job, numbers, rows, found)), found)
    known = lookups.look_up([_wish(one) for one in candidates], actor)
    _build(job, candidates, known)
    _settle(job, known)
    _tell(job)
    return job


def _readable(job: Job) -> tuple[list[int], list[Row]]:
    numbers, rows = [], []
    for number, row in enumerate(job.given):
        if isinstance(row, Row):
            numbers.append(number)
            rows.append(row)
        else:
            job.refuse(number, row.error)
    return numbers, rows


def _aimed(job: Job, numbers: Sequence[int], rows: Sequence[Row], found: Found) -> list[Aimed]:
    aimed = []
    for number, row, pk, by_ref in zip(numbers, rows, found.meant, found.known, strict=True):
        try:
            aimed.append(aiming.aim(number, row, pk, by_ref, found))
        except DomainError as error:
            job.refuse(number, error)
    return aimed


def _current(job: Job, aimed: list[Aimed]) -> list[Aimed]:
    """Without those that are meant for another version."""
    stale = [one for one in aimed if one.row.if_version is not UNSET and conflicts.stale(one.row, one.stored)]
    errors = conflicts.told(stale) if stale else {}
    for one in stale:
        if one.index in errors:
            job.refuse(one.index, errors[one.index], stored=one.stored)
    return [one for one in aimed if one.index not in errors] if errors else aimed


# --- What is written --------------------------------------------------------------------------------------------------
def _candidates(job: Job, aimed: Sequence[Aimed], found: Found) -> list[Candidate]:
    comparison = Comparison(aimed, found)
    candidates: list[Candidate] = []
    for one in aimed:
        try:
            candidate = comparison.candidate(one)
        except DomainError as error:
            job.refuse(one.index, error, stored=one.stored)
            continue
        if candidate is not None:
            candidates.append(candidate)
        elif one.stored is not None:
            job.keep(one.index, one.stored)
    return candidates


def _wish(one: Candidate) -> Wish:
    return Wish(one.plan, one.names, one.row.parties if one.with_parties and one.row.parties else ())


def _build(job: Job, candidates: Sequence[Candidate], known: Lookups) -> None:
    present = _present(candidates)
    _give_codes(candidates, known)
    how: dict[str, Any] = {"actor": job.actor, "now": job.now}
    blanks = {plan: made.Blank(plan, job.now) for plan in {one.plan for one in candidates if one.stored is None}}
    for one in candidates:
        if one.stored is None and (errors := checking.missing(one)):
            job.refuse(one.index, *errors)
            continue
        try:
            if one.stored is None:
                job.writes.append(checking.create(one, blanks[one.plan], known, **how))
            elif write := checking.change(one, present[one.stored.id], known, **how):
                job.writes.append(write)
            else:
                job.keep(one.index, one.stored)
        except DomainError as error:
            job.refuse(one.index, error, stored=one.stored)


def _present(candidates: Sequence[Candidate]) -> dict[uuid.UUID, Milestone]:
    """The milestones that may change. A version that differs from what was matched is noticed under the lock."""
    wanted = {one.stored.id: one for one in candidates if one.stored}
    if not wanted:
        return {}
    names = made.read(with_health=any(one.names.keys() & {"due", "forecast"} for one in wanted.values()))
    rows = Milestone.objects.filter(pk__any_of=list(wanted)).order_by().values_list(*names)
    found = {row[0]: made.stored(names, row, wanted[row[0]].plan) for row in rows}
    if len(found) < len(wanted):
        raise Moved
    return found


def _give_codes(candidates: Sequence[Candidate], known: Lookups) -> None:
    bare = []
    for one in candidates:
        stream = known.streams.get((one.plan.pk, one.names.get("workstream", "")))
        if one.stored is None and "code" not in one.names and stream is not None:
            bare.append((one, stream))
    beside_them = [(one.plan.pk, one.names["code"]) for one in candidates if "code" in one.names]
    given = lookups.free_codes([stream for _one, stream in bare], beside_them) if bare else []
    for (one, _stream), code in zip(bare, given, strict=True):
        one.names["code"] = code


def _settle(job: Job, known: Lookups) -> None:
    """What hangs on other rows: codes, references, parents."""
    job.drop(taken.codes(job.writes))
    job.drop(taken.refs(job.writes))
    new = {write.pk for write in job.writes if write.is_new}
    job.drop(parents.settle(job.writes, known))
    job.drop(parents.orphans(job.writes, new - {write.pk for write in job.writes}))
    idle = [write for write in job.writes if not (write.is_new or write.touched or write.parts)]
    for write in idle:
        job.keep(write.candidate.index, write.milestone)
    job.writes = [write for write in job.writes if write not in idle] if idle else job.writes


def _tell(job: Job) -> None:
    for write in job.writes:
        index = write.candidate.index
        if write.is_new:
            job.results[index] = Result(index, Status.CREATED)
        else:
            job.results[index] = Result(index, Status.UPDATED, write.pk, write.milestone.version)
