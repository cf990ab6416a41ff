"""What did the office type and press on the page of a text, and what came of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from milestones.errors import DomainError
from milestones.intake import reviewing
from milestones.intake.standing import Overview, Stand, overview
from milestones.models import IntakeText

from .intake_forms import ProposalForm, form_of

ALL = "all"


@dataclass
class Decided:
    """`errors` are told at their proposals, `refusal` above them; `forms` keep what was typed.

    `number` is the proposal that was decided, 0 when it is none or all; `stays`: it is still to be looked at.
    """

    forms: dict[int, ProposalForm] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)
    refusal: str = ""
    reason: str = ""
    made: int = 0
    number: int = 0
    stays: bool = False
    unknown: list[str] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or self.refusal)


def decide(text: IntakeText, data: Mapping[str, Any], act: Mapping[str, Any]) -> Decided:
    """First what was typed is kept, wherever it is sound; then the button that was pressed does its work."""
    decided = Decided(reason=data.get("reason", ""))
    seen = overview(text)
    for row in seen.all(Stand.NEW):
        if f"p{row.number}-title" in data:
            _keep(text, row.number, form_of(row.number, row.proposal, data), decided, act)
    for name, do in DOINGS.items():
        if name in data:
            decided.number = next(iter(_numbers(seen, data[name])), 0)
            do(text, seen, data[name], decided, act)
    return decided


def _keep(text: IntakeText, number: int, form: ProposalForm, decided: Decided, act: Mapping[str, Any]) -> None:
    decided.forms[number] = form
    if not form.is_valid():
        decided.errors[number] = [
            f"{form.fields[name].label}: {error}" for name, errors in form.errors.items() for error in errors
        ]
    elif typed := form.typed():
        _attempt(decided, number, lambda: reviewing.edit(text, number, typed, **act))


def _accept(text: IntakeText, seen: Overview, pressed: str, decided: Decided, act: Mapping[str, Any]) -> None:
    numbers = [row.number for row in seen.all(Stand.NEW)] if pressed == ALL else _numbers(seen, pressed)
    sound = [number for number in numbers if number not in decided.errors]
    try:
        outcome = reviewing.accept(text, sound, **act)
    except DomainError as refusal:
        decided.refusal = str(refusal)
        return
    decided.made, decided.unknown = len(outcome.made), outcome.unknown
    for number, error in outcome.errors.items():
        decided.errors[number] = [str(error)]


def _reject(text: IntakeText, seen: Overview, pressed: str, decided: Decided, act: Mapping[str, Any]) -> None:
    for number in _numbers(seen, pressed):
        decided.errors.pop(number, None)  # whatever was wrong with it
        _attempt(decided, number, lambda number=number: reviewing.reject(text, number, **act))  # type: ignore[misc]


def _reopen(text: IntakeText, seen: Overview, pressed: str, decided: Decided, act: Mapping[str, Any]) -> None:
    for number in _numbers(seen, pressed):
        decided.stays = True
        _attempt(decided, number, lambda number=number: reviewing.reopen(text, number, **act))  # type: ignore[misc]


def _take(text: IntakeText, seen: Overview, pressed: str, decided: Decided, act: Mapping[str, Any]) -> None:
    for number in _numbers(seen, pressed):
        decided.stays = True
        take: Any = lambda number=number: reviewing.take(text, number, reason=decided.reason, **act)  # noqa: E731
        _attempt(decided, number, take)


DOINGS: dict[str, Callable[..., None]] = {"accept": _accept, "reject": _reject, "reopen": _reopen, "take": _take}


def _numbers(seen: Overview, pressed: str) -> list[int]:
    return [int(pressed)] if pressed.isdecimal() and len(pressed) < 7 and seen.of(int(pressed)) else []


def _attempt(decided: Decided, number: int, do: Callable[[], None]) -> None:
    try:
        do()
    except DomainError as refusal:
        decided.errors[number] = [str(refusal)]
