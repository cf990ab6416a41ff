"""What of each noun is kept the same, under which name is it known on both sides, and how is it moved there?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Noun:
    """`fields` are compared and written. `key` are the filters that find it by its natural name. `fixed` are given when
    it is made and never after. What is only `matched` is made where it is missing, and not overwritten where it was
    there before the two installations knew each other."""

    entity: str
    path: str
    fields: tuple[str, ...]
    key: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    matched: bool = False
    stateful: bool = False
    writable: bool = True

    def body(self, data: Data, *, people: bool) -> dict[str, Any]:
        """What both sides should agree on, as this one has it. Addresses only where both sides may see them."""
        found = {name: data.get(name) for name in self.fields if people or name not in self.people}
        if "parties" in found:
            found["parties"] = _parties(found["parties"], people)
        return found

    def name(self, data: Data) -> str:
        """For people who read the summary."""
        words = [
            str(data[name]) for name in ("plan", "target", "predecessor", "code", "email", "as_of") if data.get(name)
        ]
        return "/".join(words)


def digest(noun: Noun, data: Data, *, people: bool) -> str:
    held = {**noun.body(data, people=people), "state": data.get("state") if noun.stateful else None}
    return hashlib.sha256(json.dumps(held, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _parties(given: Any, people: bool) -> list[dict[str, Any]]:
    found = [{"role": one["role"], "organisation": one["organisation"]} for one in given or ()]
    if people:
        for one, row in zip(found, given or (), strict=True):
            one["person"] = row["person"]
    return sorted(found, key=lambda one: [one[name] or "" for name in sorted(one)])


def _in_plan(plan: str) -> Callable[[Data], bool]:
    def wanted(data: Data) -> bool:
        places = [data.get("plan"), *(str(data.get(name) or "").rpartition("/")[0] for name in ("target", "successor"))]
        return plan in places

    return wanted


def wanted(noun: Noun, data: Data, plan: str) -> bool:
    """Whether the row belongs to the one plan that is asked for; whoever is referred to belongs everywhere."""
    if not plan or noun.matched:
        return True
    return bool(data.get("code") == plan) if noun.entity == "plan" else _in_plan(plan)(data)


MILESTONE = (
    *("workstream", "code", "title", "title_en", "kind", "stage", "description", "criterion", "weight"),
    *("accountable", "lead", "parties", "due", "forecast", "parent", "source_span", "external_refs"),
)
# In the order in which they are brought over: what is referred to comes first.
NOUNS: Mapping[str, Noun] = {
    noun.entity: noun
    for noun in (
        Noun(
            "organisation", "organisations", ("code", "name", "short_name", "kind", "parent"), ("code",), matched=True
        ),
        Noun(
            "person",
            "people",
            ("email", "display_name", "organisation", "language", "time_zone"),
            ("email",),
            matched=True,
        ),
        Noun(
            "plan",
            "plans",
            ("code", "title", "title_en", "year", "starts_on", "ends_on", "time_zone"),
            ("code",),
            stateful=True,
        ),
        Noun(
            "workstream",
            "workstreams",
            ("code", "title", "title_en", "position", "lead"),
            ("plan", "code"),
            fixed=("plan",),
        ),
        Noun(
            "milestone",
            "milestones",
            MILESTONE,
            ("plan", "code"),
            fixed=("plan",),
            people=("accountable",),
            stateful=True,
        ),
        Noun(
            "target",
            "targets",
            (
                *("workstream", "code", "name", "name_en", "unit", "measure", "bound", "value", "value_max"),
                *("lead", "source_span", "external_refs"),
            ),
            ("plan", "code"),
            fixed=("plan",),
        ),
        Noun(
            "reading",
            "readings",
            ("as_of", "value", "source", "provisional"),
            ("target", "as_of"),
            fixed=("target",),
            writable=False,
        ),
        Noun(
            "dependency",
            "dependencies",
            ("lag",),
            ("predecessor", "successor"),
            fixed=("predecessor", "successor"),
        ),
    )
}
