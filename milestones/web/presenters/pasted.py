"""What would become of each line that was pasted?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from milestones.models import Target
from milestones.targets import wording
from milestones.targets.recording import Outcome, RowProblem


@dataclass(frozen=True)
class PastedRow:
    """`day` None for a line that could not be read; `problem` is empty for one that will do."""

    line: int
    day: date | None
    value: str
    source: str
    standing: str
    what: str
    was: str
    problem: str


@dataclass(frozen=True)
class Preview:
    """`news` of the lines would be recorded, if none has a problem."""

    rows: list[PastedRow]
    news: int
    wrong: int


def preview(target: Target, outcomes: Iterable[Outcome], unread: Iterable[RowProblem]) -> Preview:
    """`unread` are the lines that mean nothing."""
    rows = [_row(one, target) for one in outcomes]
    rows += [PastedRow(one.line, None, "", "", "", "", "", one.message) for one in unread]
    rows.sort(key=lambda row: row.line)
    wrong = sum(1 for row in rows if row.problem)
    return Preview(rows, sum(1 for row in rows if row.day and not row.problem and row.what != _known()), wrong)


def _row(one: Outcome, target: Target) -> PastedRow:
    row, before = one.row, one.row.revises
    what = _known() if one.known else _("new") if before is None else _("corrects")
    return PastedRow(
        line=row.line,
        day=row.as_of,
        value=wording.figure(row.value, target.unit),
        source=row.source,
        standing=_("provisional") if row.provisional else _("final"),
        what=what,
        was=wording.figure(before.value, target.unit) if before is not None and not one.known else "",
        problem=" ".join(problem.message for problem in one.problems),
    )


def _known() -> str:
    return _("as it is already")
