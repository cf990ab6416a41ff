"""Which rows want a code or a reference that another milestone has, or another row wants too?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from milestones.errors import DomainError, Duplicate

from . import match
from .writes import Write

Refused = list[tuple[Write, DomainError]]


def codes(writes: Sequence[Write]) -> Refused:
    """A code that another milestone has now is taken, even when that one gets another code by this batch."""
    named = [(write, write.touched["code"]) for write in writes if "code" in write.touched]
    renamed = [(write, code) for write, code in named if not write.is_new]
    there = match.at((write.plan, code) for write, code in renamed) if renamed else {}
    lost = [write for write, code in renamed if there.get((write.plan.pk, code), write.pk) != write.pk]
    again = _again((write, (write.plan.pk, code)) for write, code in named)
    return [(write, _taken("code")) for write in {id(write): write for write in [*lost, *again]}.values()]


def refs(writes: Sequence[Write]) -> Refused:
    """Of two rows that bring one reference, the second is refused."""
    new = ((write, tuple(ref)) for write in writes if "external_refs" in write.parts for ref in _new_refs(write))
    return [(write, _taken("external_refs")) for write in {id(write): write for write in _again(new)}.values()]


def _new_refs(write: Write) -> list[list[str]]:
    old, new = write.parts["external_refs"]
    return [ref for ref in new if ref not in old]


def _again(wanted: Iterable[tuple[Write, Hashable]]) -> Iterator[Write]:
    seen: set[Hashable] = set()
    for write, key in wanted:
        if key in seen:
            yield write
        seen.add(key)


def _taken(field: str) -> Duplicate:
    return Duplicate(_("This is already taken; choose another."), field=field)
