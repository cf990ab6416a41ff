"""Which changes does an endpoint ask for?"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from milestones.errors import RuleBroken
from milestones.shapes import FEED

from .payloads import WORDS

EVERYTHING = "*"
MOST = 100


def known() -> list[str]:
    """`*`, `milestone.*`, `milestone.created`, …"""
    return [EVERYTHING, *(f"{entity}.{word}" for entity in FEED for word in (EVERYTHING, *WORDS.values()))]


def cleaned(given: Iterable[str]) -> list[str]:
    """In the order of `known`, each once. Raises RuleBroken for none and for one that there is not."""
    wanted, there = {word.strip() for word in given}, known()
    if unknown := sorted(wanted - set(there)):
        words = _(
            "There is no event “%(event)s”; write *, an entity with .* (such as milestone.*), or milestone.updated."
        )
        raise RuleBroken(words % {"event": unknown[0][:60]}, field="events", code="unknown_event")
    if not wanted:
        raise RuleBroken(_("Name at least one event; * stands for all."), field="events", code="missing")
    return [event for event in there if event in wanted]


def match(events: Iterable[str], type_: str) -> bool:
    """Whether `milestone.updated` is asked for."""
    return not {EVERYTHING, f"{type_.partition('.')[0]}.{EVERYTHING}", type_}.isdisjoint(events)
