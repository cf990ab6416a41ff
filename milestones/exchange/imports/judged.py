"""What would become of one row, in what does it differ, and how is that kept until somebody decides?"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import UNSET

from milestones.batch import beside, diff, storing
from milestones.batch.rows import Keyed, PartyRow
from milestones.batch.writes import Write
from milestones.errors import DomainError
from milestones.models import ImportBatch, ImportRow, RowStatus
from milestones.models.base import uuid7

from ..excel.heading import Heading
from ..excel.reading import Read

Changes = dict[str, list[Any]]  # name → [what stands here, what the file says], as JSON
COLUMNS = ("id", "batch_id", "number", "status", "milestone_id", "label", "values", "changes", "errors", "outcome")


@dataclass(frozen=True)
class Judged:
    number: int
    status: RowStatus
    label: str
    milestone: uuid.UUID | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    changes: Changes = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()


def new(read: Read, write: Write) -> Judged:
    """What is empty is not told."""
    said = {name: value for name, value in diff.said(read.row).items() if value not in (None, "")}
    parties = read.row.parties or []
    values = {"plan": write.plan.code, **said, **({"parties": parties} if parties else {})}
    changes = {name: [None, value] for name, value in values.items() if name != "plan"}
    label = f"{write.plan.code}/{write.milestone.code} {write.milestone.title}" if "code" in said else read.label
    return Judged(read.number, RowStatus.NEW, label[:320], None, _plain({**values, **_reason(read)}), _plain(changes))


def changed(read: Read, write: Write, old_parties: Iterable[beside.Standing]) -> Judged:
    stored = write.candidate.stored
    assert stored is not None
    new_values = {name: value for name, value in write.candidate.names.items() if name in write.touched}
    changes: Changes = {name: [_stored(stored, name), value] for name, value in new_values.items()}
    if "parties" in write.parts:
        new_values["parties"] = read.row.parties
        changes["parties"] = [rows_of(old_parties), read.row.parties]
    values = {"id": stored.id, "if_version": stored.version, **new_values, **_reason(read)}
    label = f"{stored.plan}/{stored.code} {stored.title}"
    return Judged(read.number, RowStatus.CHANGED, label[:320], stored.id, _plain(values), _plain(changes))


def refused(read: Read, errors: Iterable[DomainError], heading: Heading, milestone: uuid.UUID | None) -> Judged:
    told = [_told(read, heading, error.field or "", error.code, str(error)) for error in errors]
    return Judged(read.number, RowStatus.ERROR, read.label, milestone, errors=told)


def faulty(read: Read, heading: Heading) -> Judged:
    told = [_told(read, heading, fault.name, fault.code, fault.message) for fault in read.faults]
    return Judged(read.number, RowStatus.ERROR, read.label, errors=told)


def rows_of(standing: Iterable[beside.Standing]) -> list[PartyRow]:
    return [PartyRow(one.role, one.organisation, one.person or None) for one in standing]


def keep(batch: ImportBatch, judged: Iterable[Judged]) -> None:
    storing.insert(ImportRow, COLUMNS, ((uuid7(), batch.pk, *_columns(one)) for one in judged))


def taken(values: Mapping[str, Any]) -> Keyed:
    """What was kept, as the batch takes it."""
    return msgspec.convert(dict(values), Keyed)


def column_of(read_parties: Any, path: str) -> str:
    """The column at which a refusal of the batch is meant: `due.on` → due, `parties.1.person` → its role's."""
    name, _dot, rest = path.partition(".")
    if name == "parties":
        place = rest.partition(".")[0]
        if place.isdecimal() and read_parties and int(place) < len(read_parties):
            return f"parties_{_role(read_parties[int(place)])}"
        return "parties_responsible"
    return {"version": "if_version", "ref": "code"}.get(name, name)


def _role(party: Any) -> str:
    return str(party["role"] if isinstance(party, dict) else party.role)


def _columns(one: Judged) -> tuple[Any, ...]:
    told = (dict(one.values), one.changes, list(one.errors))
    return (one.number, str(one.status), one.milestone, one.label, *told, "")


def _told(read: Read, heading: Heading, field: str, code: str, message: str) -> dict[str, str]:
    name = column_of(read.row.parties, field)
    return {"name": name, "cell": heading.cell(name, read.number), "code": code, "message": message}


def _stored(stored: Any, name: str) -> Any:
    if name in ("due", "forecast"):
        on, precision = getattr(stored, f"{name}_on"), getattr(stored, f"{name}_precision")
        return None if on is None else {"on": on, "precision": precision}
    return getattr(stored, name)


def _reason(read: Read) -> dict[str, str]:
    return {"reason": read.row.reason} if read.row.reason else {}


def _plain(values: Any) -> Any:
    return msgspec.to_builtins({name: value for name, value in values.items() if value is not UNSET})
