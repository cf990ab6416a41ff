"""How is a reading recorded, revised or, in a draft plan, deleted, and how are many recorded at once?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import DomainError, RuleBroken, StateConflict
from milestones.models import Plan, PlanState, Reading, Target
from milestones.planning.holding import hold, hold_alone, still_there

MOST = 1000  # rows at once
WHOLE_DIGITS, DECIMALS, LONGEST_SOURCE = 14, 4, 200  # as the columns have them


@dataclass(frozen=True)
class NewReading:
    """`line` is what the row is called in a refusal; 0: its place among the rows."""

    as_of: date
    value: Decimal
    source: str
    provisional: bool = True
    revises: Reading | None = None
    line: int = 0


@dataclass(frozen=True)
class RowProblem:
    line: int
    message: str
    field: str | None = None

    def __str__(self) -> str:
        return gettext("Row %(line)s: %(message)s") % {"line": self.line, "message": self.message}


class RowsRefused(RuleBroken):
    """Nothing was recorded; `problems` has what is wrong with each row."""

    code = "rows"

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)), field="rows")


@dataclass(frozen=True)
class Recorded:
    """`unchanged`: rows whose day has that value already."""

    readings: list[Reading]
    unchanged: int


@dataclass(frozen=True)
class Outcome:
    """What `record_readings` would do with a row: `row.revises` is the reading that it corrects, `known` says that the
    day has this value already, `problems` why nothing would be recorded."""

    row: NewReading
    known: bool
    problems: tuple[RowProblem, ...]


def record_reading(
    target: Target,
    *,
    as_of: date,
    value: Decimal,
    source: str,
    provisional: bool = True,
    revises: Reading | None = None,
    actor: Actor,
    now: datetime,
) -> Reading:
    """A new row; `revises` names the reading it corrects, which stays as it was. A reading is revised once."""
    access.require(actor, "target.record", target)
    check_open(target.plan)
    row = NewReading(as_of, value, source, provisional, revises)
    _check(target, row, now)
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        still_there(target.plan, target=target)
        return _store(target, row, actor, now)


def record_readings(target: Target, rows: Sequence[NewReading], *, actor: Actor, now: datetime) -> Recorded:
    """All rows or, with RowsRefused, none. A row for a day that was read before revises that reading when it differs.

    The same value again is no news, unless a provisional figure becomes final. A final figure is not made provisional
    in passing: whoever means that names it in `revises`.
    """
    access.require(actor, "target.record", target)
    check_open(target.plan)
    placed, problems = _placed(target, rows, now)
    if problems:
        raise RowsRefused(problems)
    news = [row for row in placed if not _is_known(row)]
    with record.writing(actor=actor, now=now):
        hold(target.plan)
        still_there(target.plan, target=target)
        return Recorded([_store(target, row, actor, now) for row in news], len(placed) - len(news))


def foreseen(target: Target, rows: Sequence[NewReading], *, now: datetime) -> list[Outcome]:
    """What `record_readings` would do with each row; nothing is written."""
    placed, problems = _placed(target, rows, now)
    return [Outcome(row, _is_known(row), tuple(one for one in problems if one.line == row.line)) for row in placed]


def delete_reading(reading: Reading, *, actor: Actor, now: datetime, version: int | None = None) -> None:
    """Remove a reading of a draft plan's target; elsewhere a correction is a new row."""
    record.expect(reading, version)
    access.require(actor, "reading.delete", reading)
    plan = reading.target.plan
    if not plan.is_draft:
        told = _("Only a draft plan's readings can be deleted; elsewhere record one that revises this.")
        raise StateConflict(told, code="cancel_instead")
    with record.writing(actor=actor, now=now):
        hold_alone(plan)
        if Reading.objects.filter(revises=reading).exists():
            raise StateConflict(_("Another reading revises this one; delete that one first."))
        record.delete(reading, actor=actor, verb="reading.delete", now=now)


def check_open(plan: Plan) -> None:
    if plan.state == PlanState.CLOSED:
        raise StateConflict(_("The plan is closed; nothing in it can be changed."), code="plan_closed")


def _placed(target: Target, rows: Sequence[NewReading], now: datetime) -> tuple[list[NewReading], list[RowProblem]]:
    """Each row with its number and the reading that it corrects, and what is wrong with any of them."""
    named = [replace(row, line=row.line or place) for place, row in enumerate(rows, start=1)]
    standing = _standing(target)
    placed = [replace(row, revises=row.revises or standing.get(row.as_of)) for row in named]
    news = [row for row in placed if not _is_known(row)]
    return placed, _problems(target, placed, news, now) + _in_passing(named, placed)


def _store(target: Target, row: NewReading, actor: Actor, now: datetime) -> Reading:
    reading = Reading(
        target=target,
        as_of=row.as_of,
        value=row.value,
        source=row.source.strip(),
        provisional=row.provisional,
        revises=row.revises,
        recorded_by=actor.label,
    )
    return record.create(reading, actor=actor, verb="target.record", now=now)


def _standing(target: Target) -> dict[date, Reading]:
    """Per day the reading that counts: not revised, a final one before a provisional one, then the last recorded."""
    rows = Reading.objects.filter(target=target, revised_by__isnull=True).order_by("as_of", "-provisional", "id")
    return {reading.as_of: reading for reading in rows}


def _is_known(row: NewReading) -> bool:
    old = row.revises
    if old is None or (old.as_of, old.value) != (row.as_of, row.value):
        return False
    return row.provisional or not old.provisional


def _problems(
    target: Target, placed: Sequence[NewReading], news: Sequence[NewReading], now: datetime
) -> list[RowProblem]:
    if not placed:
        return [RowProblem(1, gettext("There is no row."))]
    if len(placed) > MOST:
        return [RowProblem(MOST + 1, gettext("At most %(most)s rows at once; divide them.") % {"most": MOST})]
    return [problem for row in news if (problem := _refused(target, row, now))] + _twice(placed)


def _refused(target: Target, row: NewReading, now: datetime) -> RowProblem | None:
    try:
        _check(target, row, now)
    except DomainError as refusal:
        return RowProblem(row.line, str(refusal), refusal.field)
    return None


def _twice(rows: Sequence[NewReading]) -> list[RowProblem]:
    lines: dict[date, list[int]] = defaultdict(list)
    for row in rows:
        lines[row.as_of].append(row.line)
    said = gettext("the same day as row %(line)s; keep one of them.")
    return [RowProblem(n, said % {"line": first}, "as_of") for first, *more in lines.values() for n in more]


def _in_passing(named: Sequence[NewReading], placed: Sequence[NewReading]) -> list[RowProblem]:
    """Rows that would replace a final figure by a provisional one without having named it."""
    said = gettext("the figure of that day is final; a provisional one does not replace it.")
    return [
        RowProblem(row.line, said, "provisional")
        for asked, row in zip(named, placed, strict=True)
        if row.revises and asked.revises is None and row.provisional and not row.revises.provisional
        if not _is_known(row)
    ]


def _check(target: Target, row: NewReading, now: datetime) -> None:
    if not row.source.strip():
        raise RuleBroken(_("Say where the figure comes from."), field="source", code="missing")
    if len(row.source.strip()) > LONGEST_SOURCE:
        raise RuleBroken(_("The source is too long; 200 characters at most."), field="source", code="too_long")
    if row.as_of > now.astimezone(target.plan.zone).date():
        raise RuleBroken(_("A reading cannot lie in the future."), field="as_of", code="future")
    if not _fits(row.value):
        told = _("At most 14 digits before the decimal point and 4 after it.")
        raise RuleBroken(told, field="value", code="digits")
    if row.revises is not None:
        _check_revision(target, row, row.revises)


def _fits(value: Any) -> bool:
    number = Decimal(value)
    if not number.is_finite():
        return False
    return number.adjusted() < WHOLE_DIGITS and number == round(number, DECIMALS)


def _check_revision(target: Target, row: NewReading, revised: Reading) -> None:
    if revised.target_id != target.pk:
        raise RuleBroken(_("The revised reading belongs to another target."), field="revises", code="other_target")
    if Reading.objects.filter(revises=revised).exists():
        raise StateConflict(_("This reading was already revised; revise the newer one."), field="revises")
