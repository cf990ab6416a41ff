"""How does each target of a plan stand, in one table with filters: reading, pace, projection, health?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.models import Health, Plan, Target, Workstream
from milestones.targets import queries, wording
from milestones.targets.pace import Pace
from milestones.web.presenters.bullets import Bullet, bullet

UNKNOWN = "none"  # of which nothing can be said yet
WORST_FIRST = (Health.RED, Health.YELLOW, Health.GREEN, Health.DONE, UNKNOWN)
SORTS = ("code", "health", "lead", "as_of", "attainment")


@dataclass(frozen=True)
class TargetRow:
    """Figures are words with their unit, “—” where there is none; `behind` when the gap is on the wrong side."""

    target: Target
    bullet: Bullet
    pace: Pace
    lead: str
    expected: str
    gap: str
    behind: bool
    projection: str
    band: str
    method: str
    attainment: str

    @property
    def health(self) -> str:
        return self.bullet.health or UNKNOWN


@dataclass(frozen=True)
class Group:
    """The targets of one workstream; None: of none, or of all when they are sorted."""

    stream: Workstream | None
    rows: list[TargetRow]


@dataclass(frozen=True)
class Choice:
    """A link that sets or lifts one filter or sort; `count` None where none is shown."""

    code: str
    label: str
    url: str
    is_on: bool
    count: int | None = None


@dataclass(frozen=True)
class Table:
    groups: list[Group]
    healths: list[Choice]
    leads: list[Choice]
    sorts: dict[str, Choice]
    total: int
    shown: int
    verdict: str
    is_filtered: bool
    provisional: bool
    today: date
    year: int


@dataclass(frozen=True)
class Asked:
    """What the address says: words that nobody knows are left out."""

    health: frozenset[str] = frozenset()
    lead: str = ""
    order: str = ""

    @classmethod
    def read(cls, given: Any) -> Asked:
        order = given.get("order", "")
        return cls(
            frozenset(given.getlist("health")) & {str(one) for one in WORST_FIRST},
            given.get("lead", ""),
            order if order.removeprefix("-") in SORTS else "",
        )

    def url(self, **changed: Any) -> str:
        """The address with these of its words changed; “?” alone lifts all."""
        words = {"health": sorted(self.health), "lead": self.lead, "order": self.order} | changed
        return "?" + urlencode([(name, value) for name, value in words.items() if value], doseq=True)


def table(plan: Plan, targets: Iterable[Target], asked: Asked, today: date) -> Table:
    """One query for all readings; `targets` come with plan, workstream and lead."""
    given = list(targets)
    paces = queries.paces(given, today)
    rows = [row(target, paces[target.pk]) for target in given]
    of_lead = [one for one in rows if not asked.lead or _lead_code(one) == asked.lead]
    shown = [one for one in of_lead if not asked.health or one.health in asked.health]
    return Table(
        groups=_sorted(shown, asked.order) if asked.order else _grouped(shown),
        healths=_healths(of_lead, asked),
        leads=_leads(rows, asked),
        sorts={name: _sort(name, asked) for name in SORTS},
        total=len(rows),
        shown=len(shown),
        verdict=_verdict(of_lead),
        is_filtered=bool(asked.health or asked.lead),
        provisional=any(one.bullet.provisional for one in shown),
        today=today,
        year=plan.year,
    )


def row(target: Target, pace: Pace) -> TargetRow:
    unit = target.unit
    return TargetRow(
        target=target,
        bullet=bullet(target, pace),
        pace=pace,
        lead=str(target.lead) if target.lead else "",
        expected=said(pace.expected, unit),
        gap=wording.gap(pace, unit) or "—",
        behind=bool(pace.health in (Health.RED, Health.YELLOW) and pace.gap),
        projection=said(pace.projection, unit),
        band=wording.band(pace, unit),
        method=wording.method(pace, target),
        attainment=wording.attainment(pace) or "—",
    )


def said(value: Decimal | None, unit: str) -> str:
    return "—" if value is None else wording.figure(wording.short(value), unit)


def _grouped(rows: list[TargetRow]) -> list[Group]:
    groups: dict[Any, Group] = {}
    for one in rows:
        groups.setdefault(one.target.workstream_id, Group(one.target.workstream, [])).rows.append(one)
    return list(groups.values())


def _sorted(rows: list[TargetRow], order: str) -> list[Group]:
    """All in one group; what has no figure comes last either way."""
    name = order.removeprefix("-")
    keys: dict[str, Callable[[TargetRow], Any]] = {
        "code": lambda one: one.target.code,
        "health": lambda one: WORST_FIRST.index(one.health),
        "lead": lambda one: one.lead or None,
        "as_of": lambda one: one.pace.as_of,
        "attainment": lambda one: one.pace.attainment,
    }
    known = [one for one in rows if keys[name](one) is not None]
    known.sort(key=keys[name], reverse=order.startswith("-"))
    return [Group(None, known + [one for one in rows if keys[name](one) is None])] if rows else []


def _healths(rows: Sequence[TargetRow], asked: Asked) -> list[Choice]:
    """A count each, which leads to its rows; pressed again it leads back."""
    words = {str(one): str(Health(one).label) for one in WORST_FIRST if one != UNKNOWN}
    words[UNKNOWN] = _("nothing to judge yet")
    found = []
    for code, label in words.items():
        count = sum(1 for one in rows if one.health == code)
        chosen = [] if asked.health == {code} else [code]
        found.append(Choice(code, label, asked.url(health=chosen), code in asked.health, count))
    return found


def _leads(rows: Sequence[TargetRow], asked: Asked) -> list[Choice]:
    names = {_lead_code(one): one.lead for one in rows if one.target.lead}
    return [
        Choice(code, name, asked.url(lead="" if asked.lead == code else code), asked.lead == code)
        for code, name in sorted(names.items(), key=lambda pair: pair[1])
    ]


def _sort(name: str, asked: Asked) -> Choice:
    """Up, then down, then as the plan has them."""
    following = {"": name, name: f"-{name}", f"-{name}": ""}
    arrow = {name: "↑", f"-{name}": "↓"}.get(asked.order, "")
    return Choice(name, arrow, asked.url(order=following.get(asked.order, name)), bool(arrow))


def _lead_code(one: TargetRow) -> str:
    return one.target.lead.code if one.target.lead else ""


def _verdict(rows: Sequence[TargetRow]) -> str:
    """“18 targets: 9 on pace or reached, 5 at risk, 2 behind; 2 cannot be judged yet.”"""
    if not rows:
        return ""
    counts = {code: sum(1 for one in rows if one.health == code) for code in WORST_FIRST}
    words = {
        "all": len(rows),
        "well": counts[Health.GREEN] + counts[Health.DONE],
        "watch": counts[Health.YELLOW],
        "behind": counts[Health.RED],
        "unknown": counts[UNKNOWN],
    }
    told = ngettext(
        "%(all)s target: %(well)s on pace or reached, %(watch)s at risk, %(behind)s behind.",
        "%(all)s targets: %(well)s on pace or reached, %(watch)s at risk, %(behind)s behind.",
        len(rows),
    )
    unknown = ngettext("%(unknown)s cannot be judged yet.", "%(unknown)s cannot be judged yet.", counts[UNKNOWN])
    return " ".join([told % words, unknown % words] if counts[UNKNOWN] else [told % words])
