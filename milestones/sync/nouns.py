"""What of each noun is kept the same, under which name is it known on both sides, and how is it found there?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Data = Mapping[str, Any]


@dataclass(frozen=True)
class Noun:
    """`fields` are compared and written; `fixed` are given when it is made and never after. `refs` tells which of both
    name another object. `key` are the filters that find it by its natural name: filter → field.

    What is `matched` is made where it is missing; where both had it before they knew each other, each keeps what it has
    where they differ. `initial` is the state in which it is made. `hidden` is told only to whoever may see people.
    """

    entity: str
    path: str
    fields: tuple[str, ...]
    key: Mapping[str, str]
    fixed: tuple[str, ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    matched: bool = False
    initial: str = ""
    writable: bool = True

    def shown(self, people: bool) -> tuple[str, ...]:
        return tuple(name for name in self.fields if people or name not in self.hidden)

    def name(self, data: Data) -> str:
        """For people who read the summary; what lies in a plan begins with the plan's code."""
        names = ("plan", "target", "predecessor", "successor", "code", "email", "as_of")
        return " → ".join(str(data[one]) for one in names if data.get(one)).replace(" → ", "/", 1)


def id_of(data: Data, name: str) -> str | None:
    """Of the object that a reference names; `revises` is an id itself."""
    found = data.get(name if name == "revises" else f"{name}_id")
    return None if found is None else str(found)


def in_plan(noun: Noun, data: Data, plan: str) -> bool:
    """Whether it belongs to the one plan that is asked for; whoever is referred to belongs everywhere."""
    if not plan or noun.matched:
        return True
    if noun.entity == "plan":
        return bool(data["code"] == plan)
    if "plan" in noun.fixed:
        return bool(data["plan"] == plan)
    return all(str(data[name]).rpartition("/")[0] == plan for name in noun.fixed)


_ALL = (
    Noun(
        "organisation",
        "organisations",
        ("code", "name", "short_name", "kind", "parent", "external_refs"),
        {"code": "code"},
        refs={"parent": "organisation"},
        matched=True,
    ),
    Noun(
        "person",
        "people",
        ("email", "display_name", "organisation", "language", "time_zone", "external_refs"),
        {"email": "email"},
        refs={"organisation": "organisation"},
        matched=True,
    ),
    Noun(
        "plan",
        "plans",
        (
            *("code", "title", "title_en", "year", "starts_on", "ends_on", "time_zone", "source_document"),
            *("report_cadence", "report_day", "weekly_from", "warning_days", "tolerance"),
        ),
        {"code": "code"},
        initial="draft",
    ),
    Noun(
        "workstream",
        "workstreams",
        ("code", "title", "title_en", "position", "lead"),
        {"plan": "plan", "code": "code"},
        fixed=("plan",),
        refs={"plan": "plan", "lead": "organisation"},
    ),
    Noun(
        "milestone",
        "milestones",
        (
            *("workstream", "code", "title", "title_en", "kind", "stage", "description", "criterion", "weight"),
            *("accountable", "lead", "parties", "due", "forecast", "parent", "source_span", "external_refs"),
        ),
        {"plan": "plan", "code": "code"},
        fixed=("plan",),
        refs={
            "plan": "plan",
            "workstream": "workstream",
            "lead": "organisation",
            "accountable": "person",
            "parent": "milestone",
        },
        hidden=("accountable",),
        initial="planned",
    ),
    Noun(
        "target",
        "targets",
        (
            *("workstream", "code", "name", "name_en", "unit", "measure", "bound", "value", "value_max"),
            *("lead", "source_span", "external_refs"),
        ),
        {"plan": "plan", "code": "code"},
        fixed=("plan",),
        refs={"plan": "plan", "workstream": "workstream", "lead": "organisation"},
    ),
    Noun(
        "reading",
        "readings",
        ("as_of", "value", "source", "provisional", "revises"),
        {"target": "target", "as_of_after": "as_of", "as_of_before": "as_of"},
        fixed=("target",),
        refs={"target": "target", "revises": "reading"},
        writable=False,
    ),
    Noun(
        "dependency",
        "dependencies",
        ("lag",),
        {"predecessor": "predecessor", "successor": "successor"},
        fixed=("predecessor", "successor"),
        refs={"predecessor": "milestone", "successor": "milestone"},
    ),
)
# In the order of a first crawl: what is referred to comes first.
NOUNS: Mapping[str, Noun] = {noun.entity: noun for noun in _ALL}
