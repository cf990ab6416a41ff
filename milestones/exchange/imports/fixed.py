"""Which cells were edited in a file that no file can change: the state, what was first promised, what came of it?

Only where the row is of the version that stands here: otherwise it may have moved here since the export. The health is
left out, since it moves by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, State
from milestones.models.base import fuzzy

from ..excel import cells, dates
from ..excel.names import folded
from ..excel.reading import Fault, Read
from ..excel.refused import Rejected
from ..sheets.values import Value

WORDS = {
    "state": _("The state is changed on the milestone's page, by its steps; put “%(old)s” back here."),
    "baseline": _("The baseline is what was first promised, and stays; put “%(old)s” back here."),
    "actual": _(
        "The actual date comes with the report of completion, on the milestone's page; put “%(old)s” back here."
    ),
}
NAMES = ("pk", "version", "plan__year", "state", "baseline_on", "baseline_precision", "actual_on", "actual_precision")


def edited(rows: Sequence[Read], language: str) -> Mapping[int, list[Fault]]:
    """By the row's number; one query."""
    asked = {read.row.id: read for read in rows if read.row.id and read.fixed}
    stored = Milestone.objects.filter(pk__any_of=list(asked)).order_by().values(*NAMES) if asked else ()
    found = {}
    for one in stored:
        read = asked[one["pk"]]
        if read.row.if_version == one["version"]:
            found[read.number] = [
                Fault(name, "read_only", str(WORDS[name]) % {"old": _said(name, one, language)})
                for name, cell in read.fixed.items()
                if not _stands(name, cell, one)
            ]
    return found


def _stands(name: str, cell: Value, stored: Mapping[str, Any]) -> bool:
    if name == "state":
        return cells.words_of(State).get(folded(str(cell))) == stored["state"]
    try:
        return dates.read(cell, stored["plan__year"]) == _date(name, stored)
    except Rejected:
        return False


def _said(name: str, stored: Mapping[str, Any], language: str) -> str:
    if name == "state":
        return str(State(stored["state"]).label)
    return str(dates.spoken(_date(name, stored), stored["plan__year"], language) or "")


def _date(name: str, stored: Mapping[str, Any]) -> Any:
    return fuzzy(stored[f"{name}_on"], stored[f"{name}_precision"])
