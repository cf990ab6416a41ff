"""What of a reading is new to a plan, what is there already, what differs, and what does the text no longer say?"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from milestones.intake.rules.proposals import Proposal, Span
from milestones.workdays.periods import FuzzyDate

ALIKE = 0.6  # of the pairs of characters of two titles, so many are the same in both
_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Existing:
    """What a plan has: `key` is whatever finds it again; `due` the first promise, which is what the text had said."""

    key: str
    type: str
    title: str
    span: Span | None = None
    due: FuzzyDate | None = None
    measure: str = ""
    bound: str = ""
    value: Decimal | None = None
    value_max: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class Match:
    """`fields` names what differs: value, bound, due …; nothing when the text says what the plan has."""

    proposal: Proposal
    existing: Existing
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Difference:
    """`gone`: was read from a text (it has a span), and this text does not say it."""

    new: tuple[Proposal, ...] = ()
    same: tuple[Match, ...] = ()
    changed: tuple[Match, ...] = ()
    gone: tuple[Existing, ...] = field(default=())


def compare(new: Sequence[Proposal], existing: Sequence[Existing]) -> Difference:
    """Each proposal is at most one of the existing ones: of the same title, else of the very same place in the text,
    else of the title most alike; a figure only one in the same unit."""
    pairs: dict[int, int] = {}
    for ranked in (_by_title(new, existing), _by_place(new, existing), _alike(new, existing)):
        taken = set(pairs.values())
        for at, other in ranked:
            if at not in pairs and other not in taken:
                pairs[at] = other
                taken.add(other)
    matches = [
        Match(new[at], existing[other], _differs(new[at], existing[other])) for at, other in sorted(pairs.items())
    ]
    taken = set(pairs.values())
    return Difference(
        tuple(one for at, one in enumerate(new) if at not in pairs),
        tuple(match for match in matches if not match.fields),
        tuple(match for match in matches if match.fields),
        tuple(one for at, one in enumerate(existing) if at not in taken and one.span is not None),
    )


def plain(title: str) -> str:
    """A title without signs, blanks, and ways of writing one character."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", title)).lower()


def _by_title(new: Sequence[Proposal], existing: Sequence[Existing]) -> Iterator[tuple[int, int]]:
    """Of several with one title (urban and rural income) the one with the same value first."""
    of: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(existing):
        of.setdefault((one.type, plain(one.title)), []).append(number)
    for at, proposal in enumerate(new):
        found = of.get((proposal.type, plain(proposal.title)), [])
        for number in sorted(found, key=lambda number: existing[number].value != proposal.value):
            yield at, number


def _by_place(new: Sequence[Proposal], existing: Sequence[Existing]) -> Iterator[tuple[int, int]]:
    """What the office reworded still has its span while the text is the same."""
    of: dict[tuple[str, Span], list[int]] = {}
    for number, one in enumerate(existing):
        if one.span is not None:
            of.setdefault((one.type, one.span), []).append(number)
    ranked = [
        (-_likeness(proposal.title, existing[number].title), at, number)
        for at, proposal in enumerate(new)
        for number in of.get((proposal.type, proposal.span), [])
        if _same_unit(proposal, existing[number])
    ]
    for _likely, at, number in sorted(ranked):
        yield at, number


def _alike(new: Sequence[Proposal], existing: Sequence[Existing]) -> Iterator[tuple[int, int]]:
    ranked = [
        (-likely, at, number)
        for at, proposal in enumerate(new)
        for number, one in enumerate(existing)
        if one.type == proposal.type and _same_unit(proposal, one)
        if (likely := _likeness(proposal.title, one.title)) >= ALIKE
    ]
    for _likely, at, number in sorted(ranked):
        yield at, number


def _same_unit(proposal: Proposal, one: Existing) -> bool:
    return not proposal.is_target or proposal.unit == one.unit


def _likeness(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of neighbouring characters."""
    first, second = _pairs(plain(one)), _pairs(plain(other))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 0.0


def _pairs(text: str) -> Counter[str]:
    return Counter(text[at : at + 2] for at in range(len(text) - 1))


def _differs(proposal: Proposal, one: Existing) -> tuple[str, ...]:
    """A title of the office's own is no difference; one that changed with the text shows in its date or figure."""
    names = ("measure", "bound", "value", "value_max", "unit") if proposal.is_target else ("due",)
    return tuple(name for name in names if getattr(proposal, name) != getattr(one, name))
