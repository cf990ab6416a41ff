"""What would an act do to each of these milestones, and how is it then done?

The look ahead is the verb itself, run and rolled back: what it shows is what the verb would do, and each row that it
would refuse is named with the reason. Rows come with the versions that were looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from milestones.changes import record
from milestones.errors import DomainError
from milestones.mail import outbox
from milestones.models import Milestone

from .acts import Act, How, Typed

NEAR = ("plan", "accountable", "lead", "workstream")
Versions = Mapping[str, int]


@dataclass(frozen=True)
class Line:
    """One milestone and what would happen to it: from what to what, or why not."""

    milestone: Milestone
    old: str
    new: str
    refusal: str = ""

    @property
    def changes(self) -> bool:
        return not self.refusal and self.old != self.new


def untouched(act: Act, milestones: Iterable[Milestone]) -> list[Line]:
    return [Line(milestone, act.says(milestone), "") for milestone in milestones]


def look_ahead(act: Act, milestones: Sequence[Milestone], versions: Versions, typed: Typed, how: How) -> list[Line]:
    """What the verb would do to each row, found out by doing and rolling back."""
    with record.writing(**how):
        lines = [_try(act, milestone, versions[str(milestone.pk)], typed, how) for milestone in milestones]
        transaction.set_rollback(True)
    return lines


def apply(act: Act, milestones: Sequence[Milestone], versions: Versions, typed: Typed, how: How) -> int:
    """All rows or none; raises the verb's refusal."""
    with record.writing(**how), outbox.one_act():
        for milestone in milestones:
            record.expect(milestone, versions[str(milestone.pk)])
        act.whole(milestones, typed, how)
    return len(milestones)


def apply_one(act: Act, milestone: Milestone, version: int, typed: Typed, how: How) -> str:
    """Why it was refused; empty when it was done."""
    try:
        apply(act, [milestone], {str(milestone.pk): version}, typed, how)
    except DomainError as refusal:
        return str(refusal)
    return ""


def _try(act: Act, milestone: Milestone, version: int, typed: Typed, how: How) -> Line:
    old = act.says(milestone)
    try:
        with transaction.atomic():
            record.expect(milestone, version)
            made = act.whole([milestone], typed, how)
    except DomainError as refusal:
        return Line(milestone, old, "", str(refusal))
    return Line(milestone, old, act.told(made) if act.told else act.says(milestone))
