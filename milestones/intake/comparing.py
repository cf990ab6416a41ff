"""What of a reading is new to a plan, what is there already, what differs, and what does the text no longer say?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from milestones.intake.alike import ALIKE, likely_pairs, likeness, plain
from milestones.intake.rules.proposals import Proposal, Span
from milestones.workdays.periods import FuzzyDate


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
    taken: set[int] = set()
    for way in (_by_title, _by_place, _alike):
        left = [at for at in range(len(new)) if at not in pairs]
        open_ = [number for number in range(len(existing)) if number not in taken]
        for at, number in way([new[at] for at in left], [existing[number] for number in open_]):
            if left[at] not in pairs and open_[number] not in taken:
                pairs[left[at]] = open_[number]
                taken.add(open_[number])
    matches = [
        Match(new[at], existing[other], _differs(new[at], existing[other])) for at, other in sorted(pairs.items())
    ]
    return Difference(
        tuple(one for at, one in enumerate(new) if at not in pairs),
        tuple(match for match in matches if not match.fields),
        tuple(match for match in matches if match.fields),
        tuple(one for at, one in enumerate(existing) if at not in taken and one.span is not None),
    )


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
        (-likeness(proposal.title, existing[number].title), at, number)
        for at, proposal in enumerate(new)
        for number in of.get((proposal.type, proposal.span), [])
        if _same_unit(proposal, existing[number])
    ]
    for _likely, at, number in sorted(ranked):
        yield at, number


def _alike(new: Sequence[Proposal], existing: Sequence[Existing]) -> Iterator[tuple[int, int]]:
    ranked = [
        (-likely, at, number)
        for at, number in likely_pairs([one.title for one in new], [one.title for one in existing])
        if existing[number].type == new[at].type and _same_unit(new[at], existing[number])
        if (likely := likeness(new[at].title, existing[number].title)) >= ALIKE
    ]
    for _likely, at, number in sorted(ranked):
        yield at, number


def _same_unit(proposal: Proposal, one: Existing) -> bool:
    return not proposal.is_target or proposal.unit == one.unit


def _differs(proposal: Proposal, one: Existing) -> tuple[str, ...]:
    """A title of the office's own is no difference; one that changed with the text shows in its date or figure."""
    names = ("measure", "bound", "value", "value_max", "unit") if proposal.is_target else ("due",)
    return tuple(name for name in names if getattr(proposal, name) != getattr(one, name))
