"""How does a verb make sure that who it names is still here when it is done?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from milestones.errors import RuleBroken
from milestones.models import Organisation, Person
from milestones.models.prepared import Question, held, together

INACTIVE: dict[type, Any] = {
    Person: _("This person is not active; choose another."),
    Organisation: _("This organisation is not active; choose another."),
}


def hold_active(**rows: Person | Organisation | None) -> None:
    """Until this transaction ends these people stay active and these organisations are not retired; RuleBroken, with
    the row's name as its field, when one is not.

    On PostgreSQL a share lock: whoever deactivates or retires (`hold_leaving`) waits for it, and it waits for them, so
    that nothing is given to somebody who leaves in the same instant. Taken before any milestone's row.
    """
    hold_all_active(rows.items())


def hold_all_active(
    rows: Iterable[tuple[str, Person | Organisation | None]], *, to_write: Collection[Person | Organisation] = ()
) -> None:
    """The same for (name, row) pairs, of which several may have one name; whatever their order here.

    Those of `to_write` are locked as by `hold_leaving`, at once: two who first shared a row would then wait for each
    other.
    """
    named = {row: name for name, row in rows if row is not None}
    ordered = sorted(named, key=_place)
    asked = together(*(_lock(row, "FOR NO KEY UPDATE" if row in to_write else "FOR SHARE") for row in ordered))
    for row, found in zip(ordered, asked, strict=True):
        if found != [(True,)]:
            raise RuleBroken(INACTIVE[type(row)], field=named[row], code="inactive")


def hold_leaving(row: Person | Organisation) -> None:
    """Nobody gives anything to `row` until this transaction ends; what was given while this waited is seen."""
    together(_lock(row, "FOR NO KEY UPDATE"))


def _place(row: Person | Organisation) -> tuple[bool, Any]:
    """People before organisations, each by id: in one order for all, nobody waits in a circle."""
    return isinstance(row, Organisation), row.pk


def _lock(row: Person | Organisation, how: str) -> Question:
    """Whether the row is active, read anew under the lock. SQLite has a single writer."""
    return held(type(row), "is_active", how), {"pk": row.pk}
