"""How does a file of figures become readings of targets: looked at, recorded, taken back?

The rows are those of any import. `values` has the target, the figure, and `over`: the reading of that day that stood
when it was looked at; after the import `reading`, what was recorded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones import access
from milestones.actors import Actor
from milestones.batch import storing
from milestones.changes import fitting, record
from milestones.errors import DomainError, StateConflict
from milestones.models import ImportBatch, ImportRow, ImportState, Reading, RowOutcome, RowStatus, Target
from milestones.targets import recording
from milestones.targets.figures import plain
from milestones.targets.pasting import number
from milestones.targets.recording import NewReading, Outcome

from ..excel import heading as headings
from ..excel import reading
from ..excel.cells import Around
from ..excel.names import Names
from ..excel.refused import Rejected
from ..sheets.opening import Opened
from . import holding, judged
from .applying import WRITING, Choice, Overtaken, check, finish
from .judged import Judged
from .looking import COUNTED, Step, found_in
from .undoing import Touched, verdict

FIELDS = ("value", "source", "provisional")
NEVER_DELETED = gettext_lazy(
    "A reading of a plan that is active is never deleted; correct it on the page of its target."
)


@dataclass
class _Line:
    """A row of the file by its number: what its cells say, whose it is, and what is wrong with it."""

    number: int
    values: dict[str, Any]
    target: Target | None = None
    row: NewReading | None = None
    wrong: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def label(self) -> str:
        said = (self.values.get("plan"), self.values.get("code"))
        named = str(self.target.name) if self.target else ""
        return " ".join(
            part for part in ("/".join(filter(None, said)), named, str(self.values.get("as_of") or "")) if part
        )


# --- What would be recorded? ------------------------------------------------------------------------------------------
def look(batch: ImportBatch, file: Opened, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """Afterwards the batch is ready to be decided. Raises NotThisTable, FileRefused. Safe to run again."""
    found = headings.find(file.tables)
    batch.rows.all().delete()
    lines = list(_lines(found, batch, actor))
    counts = dict.fromkeys(["total", "newer", *COUNTED.values()], 0) | {"total": len(lines)}
    keep = [Judged(one.number, RowStatus.ERROR, one.label[:320], errors=one.wrong) for one in lines if one.wrong]
    for target, some in _by_target(one for one in lines if not one.wrong):
        keep += _judged(target, some, found, actor, now)
        step(len(some))
    for one in keep:
        counts[COUNTED[one.status]] += 1
    judged.keep(batch, keep)
    batch.sheet, batch.found, batch.state = found.table.name[:100], found_in(found), ImportState.READY
    for name, value in counts.items():
        setattr(batch, name, value)
    batch.save(update_fields=["sheet", "found", "state", *counts])


def _lines(found: headings.Heading, batch: ImportBatch, actor: Actor) -> Iterator[_Line]:
    """Those with a figure or a day: of a target without any there is nothing to say."""
    names = Names(actor)
    order = sorted(found.places.items(), key=lambda item: item[1].name != "plan")
    targets = {(one.plan.code, one.code): one for one in access.visible(Target.objects.select_related("plan"), actor)}
    for line in reading.lines(found):
        around = Around(names, batch.plan.code if batch.plan else None)
        one = _Line(line.number, {"plan": around.plan})
        for place, column in order:
            cell = line.cells[place] if place < len(line.cells) else None
            try:
                if column.read is not None:
                    reading.take(one.values, column, cell, around)
            except Rejected as error:
                one.wrong.append(_wrong(found, one.number, column.name, error.code, str(error)))
        if one.wrong or one.values.get("as_of") or one.values.get("value"):
            _aim(one, targets, found, batch.reason)
            yield one


def _aim(line: _Line, targets: Mapping[Any, Target], found: headings.Heading, reason: str) -> None:
    """Whose figure it is, and the figure in that target's unit."""
    said = line.values
    line.target = targets.get((said["plan"], said.get("code")))
    if line.wrong:
        return
    for name, code, message in _missing(line):
        line.wrong.append(_wrong(found, line.number, name, code, message))
    if line.wrong or line.target is None:
        return
    try:
        value = number(said["value"], line.target.unit)
        fitting.check(Reading, {"value": value, "as_of": said["as_of"]})
    except (ValueError, DomainError) as error:
        told = (error.field or "value", error.code) if isinstance(error, DomainError) else ("value", "number")
        line.wrong.append(_wrong(found, line.number, *told, str(error)))
        return
    source = (said.get("source") or "").strip() or reason
    line.row = NewReading(said["as_of"], value, source, said.get("provisional", True), line=line.number)


def _missing(line: _Line) -> Iterator[tuple[str, str, str]]:
    """(column, rule, what to do)"""
    said = line.values
    for name in ("as_of", "value"):
        if not said.get(name):
            yield name, "missing", _("This is needed.")
    if not said["plan"]:
        yield "plan", "missing", _("Say which plan it is: in a column, or once for the whole import.")
    elif line.target is None:
        words = _("There is no target “%(code)s” in the plan %(plan)s.")
        yield "code", "reference", words % {"code": said.get("code", ""), "plan": said["plan"]}


def _by_target(lines: Iterable[_Line]) -> Iterator[tuple[Target, list[_Line]]]:
    alike: dict[Any, list[_Line]] = defaultdict(list)
    for one in lines:
        assert one.target is not None
        alike[one.target.pk].append(one)
    for some in alike.values():
        assert some[0].target is not None
        yield some[0].target, some


def _judged(
    target: Target, lines: Sequence[_Line], found: headings.Heading, actor: Actor, now: datetime
) -> Iterator[Judged]:
    try:
        access.require(actor, "target.record", target)
        recording.check_open(target.plan)
    except DomainError as error:
        for one in lines:
            told = [_wrong(found, one.number, "code", error.code, str(error))]
            yield Judged(one.number, RowStatus.ERROR, one.label[:320], errors=told)
        return
    outcomes = recording.foreseen(target, [one.row for one in lines if one.row], now=now)
    for one, outcome in zip(lines, outcomes, strict=True):
        if outcome.problems:
            told = [_wrong(found, one.number, each.field or "", "rule", each.message) for each in outcome.problems]
            yield Judged(one.number, RowStatus.ERROR, one.label[:320], errors=told)
        elif not outcome.known:
            yield _would_record(one, outcome)


def _would_record(line: _Line, outcome: Outcome) -> Judged:
    row, old = outcome.row, outcome.row.revises
    values = {
        "target": str(line.target.pk) if line.target else "",
        "as_of": row.as_of.isoformat(),
        "value": plain(row.value),
        "source": row.source,
        "provisional": row.provisional,
        "over": str(old.pk) if old else None,
    }
    stood = {"value": plain(old.value), "source": old.source, "provisional": old.provisional} if old else {}
    changes = {name: [stood.get(name), values[name]] for name in FIELDS if stood.get(name) != values[name]}
    if old is None:
        return Judged(
            line.number, RowStatus.NEW, line.label[:320], None, values, {"as_of": [None, values["as_of"]], **changes}
        )
    key = line.values.get("id")
    if key is None or key == old.pk:
        return Judged(line.number, RowStatus.CHANGED, line.label[:320], None, values, changes)
    words = _("Another figure was recorded here for this day since the export, by %(who)s.") % {"who": old.recorded_by}
    told = {"name": "", "cell": str(line.number), "code": "conflict", "message": words}
    return Judged(line.number, RowStatus.CONFLICT, line.label[:320], None, values, changes, [told])


def _wrong(found: headings.Heading, number: int, name: str, code: str, message: str) -> Mapping[str, str]:
    return {"name": name, "cell": found.cell(name, number) if name else str(number), "code": code, "message": message}


# --- It is recorded ---------------------------------------------------------------------------------------------------
def apply(batch: ImportBatch, choice: Choice, *, actor: Actor, now: datetime, step: Step = lambda _units: None) -> None:
    """In one transaction: all, or with `only_sound` what can be recorded. Raises Undecided, Overtaken."""
    check(batch, choice)
    refused: list[tuple[ImportRow, Sequence[DomainError]]] = []
    with record.writing(actor=actor, now=now):
        holding.hold(batch, holding.IMPORTING)
        rows = batch.rows.filter(WRITING | choice.taken, outcome=RowOutcome.NONE).order_by("number")
        for target, some in _stored(rows):
            refused += _record(target, some, choice.only_sound, actor, now)
            step(len(some))
        if refused and not choice.only_sound:
            raise Overtaken(refused)
        finish(batch, now)


def _stored(rows: Iterable[ImportRow]) -> Iterator[tuple[Target, list[ImportRow]]]:
    alike: dict[str, list[ImportRow]] = defaultdict(list)
    for row in rows:
        alike[row.values["target"]].append(row)
    targets = {str(one.pk): one for one in Target.objects.select_related("plan").filter(pk__in=list(alike))}
    for pk, some in alike.items():
        yield targets[pk], some


def _record(
    target: Target, rows: Sequence[ImportRow], only_sound: bool, actor: Actor, now: datetime
) -> list[tuple[ImportRow, Sequence[DomainError]]]:
    """Of these of one target; told are those that cannot be recorded any more as they were shown."""
    outcomes = recording.foreseen(target, [_new(row) for row in rows], now=now)
    wrong = [(row, told) for row, one in zip(rows, outcomes, strict=True) if (told := _refusals(row, one))]
    if wrong and not only_sound:
        return wrong
    bad = {row.pk for row, _told in wrong}
    good = [row for row in rows if row.pk not in bad]
    made: dict[date, Reading] = {}
    if good:
        done = recording.record_readings(target, [_new(row) for row in good], actor=actor, now=now)
        made = {one.as_of: one for one in done.readings}
    for row in good:
        if one := made.get(date.fromisoformat(row.values["as_of"])):
            row.values["reading"], row.outcome = str(one.pk), str(RowOutcome.APPLIED)
    for row, told in wrong:
        row.outcome = str(RowOutcome.REFUSED)
        row.errors = [
            *row.errors,
            *({"name": "", "cell": str(row.number), "code": e.code, "message": str(e)} for e in told),
        ]
    storing.amend(
        ImportRow, ["values", "outcome", "errors"], [(row.pk, row.values, row.outcome, row.errors) for row in rows]
    )
    return wrong


def _new(row: ImportRow) -> NewReading:
    said = row.values
    on = date.fromisoformat(said["as_of"])
    return NewReading(on, Decimal(said["value"]), said["source"], said["provisional"], line=row.number)


def _refusals(row: ImportRow, outcome: Outcome) -> Sequence[DomainError]:
    told = [StateConflict(problem.message, field=problem.field) for problem in outcome.problems]
    over = str(outcome.row.revises.pk) if outcome.row.revises else None
    if over != row.values["over"]:
        told.append(StateConflict(_("Another figure was recorded here for this day meanwhile."), field="value"))
    return told


# --- It is taken back -------------------------------------------------------------------------------------------------
def check_undo(batch: ImportBatch, *, others_only: bool) -> None:
    """Raises Touched, StateConflict."""
    if batch.state not in holding.UNDOING:
        words = _("Only what was imported can be undone; this import is %(state)s.")
        raise StateConflict(words % {"state": batch.get_state_display()})
    if not others_only and (labels := [row.label for row, made in _made(batch) if _is_touched(made)]):
        raise Touched(labels)


def undo(
    batch: ImportBatch,
    *,
    others_only: bool = False,
    actor: Actor,
    now: datetime,
    step: Step = lambda _units: None,
) -> None:
    """A correction is corrected back; a day's first reading goes from a draft, and elsewhere stays and tells why."""
    check_undo(batch, others_only=others_only)
    with record.writing(actor=actor, now=now):
        holding.hold(batch, holding.UNDOING)
        told = []
        for row, made in reversed(list(_made(batch))):
            why = _taken_back(made, actor, now)
            errors = [{"name": "", "cell": str(row.number), "code": "kept", "message": why}] if why else []
            told.append((row.pk, str(RowOutcome.KEPT if why else RowOutcome.UNDONE), [*row.errors, *errors]))
            step(1)
        storing.amend(ImportRow, ["outcome", "errors"], told)
        batch.state, batch.undone_at, batch.message = ImportState.UNDONE, now, verdict(batch)
        batch.save(update_fields=["state", "undone_at", "message"])


def _made(batch: ImportBatch) -> Iterator[tuple[ImportRow, Reading | None]]:
    rows = list(batch.rows.filter(outcome=RowOutcome.APPLIED).order_by("number"))
    wanted = Reading.objects.select_related("target__plan", "revises", "revised_by")
    made = {str(one.pk): one for one in wanted.filter(pk__in=[row.values["reading"] for row in rows])}
    for row in rows:
        yield row, made.get(row.values["reading"])


def _is_touched(made: Reading | None) -> bool:
    return made is None or getattr(made, "revised_by", None) is not None


def _taken_back(made: Reading | None, actor: Actor, now: datetime) -> str:
    """Why it was not; empty when it was."""
    if made is None or _is_touched(made):
        return _("It was corrected since.") if made else _("It is not here any more.")
    target, old = made.target, made.revises
    try:
        if target.plan.is_draft:
            recording.delete_reading(made, actor=actor, now=now)
        elif old is None:
            return str(NEVER_DELETED)
        else:
            figure: Any = {"value": old.value, "source": old.source, "provisional": old.provisional}
            recording.record_reading(target, as_of=made.as_of, revises=made, actor=actor, now=now, **figure)
    except DomainError as error:
        return str(error)
    return ""
