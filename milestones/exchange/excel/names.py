"""Which of our codes and addresses do people mean who write names instead?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cached_property

from milestones import access
from milestones.actors import Actor
from milestones.models import Organisation, Person, Plan, Workstream

AMBIGUOUS = ""


def folded(words: str) -> str:
    """Without what people write differently: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


class Names:
    """What the actor sees, read once for a whole file."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """By code."""
        return {plan.code: plan for plan in access.visible(Plan.objects.all(), self.actor)}

    def plan(self, words: str) -> str:
        return words if words in self.plans else _one(self._plans, words)

    def stream(self, plan: str | None, words: str) -> str:
        """Its code in this plan; what was written when it is neither code nor title there."""
        return _one(self._streams.get(plan or "", {}), words)

    def unit(self, words: str) -> str:
        return _one(self._units, words)

    def person(self, words: str) -> str:
        """The address; of a name too, when only one active person has it."""
        return words if "@" in words else _one(self._people, words)

    @cached_property
    def _plans(self) -> dict[str, str]:
        return _known((plan.title, code) for code, plan in self.plans.items())

    @cached_property
    def _streams(self) -> dict[str, dict[str, str]]:
        found: dict[str, list[tuple[str, str]]] = {}
        rows = access.visible(Workstream.objects.order_by(), self.actor)
        for plan, code, title, title_en in rows.values_list("plan__code", "code", "title", "title_en"):
            found.setdefault(plan, []).extend([(code, code), (title, code), (title_en, code)])
        return {plan: _known(pairs) for plan, pairs in found.items()}

    @cached_property
    def _units(self) -> dict[str, str]:
        rows = list(Organisation.objects.order_by().values_list("code", "name", "short_name"))
        return _known((name, code) for code, *names in rows for name in (code, *names))

    @cached_property
    def _people(self) -> dict[str, str]:
        return _known(Person.objects.active().order_by().values_list("display_name", "email"))


def _known(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Name → code; AMBIGUOUS where two have it. A code always means itself."""
    found: dict[str, str] = {}
    pairs = list(pairs)
    for name, code in pairs:
        key = folded(name)
        if key:
            found[key] = code if found.setdefault(key, code) == code else AMBIGUOUS
    return found | {folded(code): code for name, code in pairs if folded(name) == folded(code)}


def _one(known: Mapping[str, str], words: str) -> str:
    """What was written where it means nothing, or several: the batch then says that it is not known."""
    return known.get(folded(words)) or words
