"""By which links and fields does a reader change what the wall chart shows?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from milestones.models import Health, Kind, Organisation, Plan, Workstream
from milestones.templatetags.pages import titled

from .axis import Zoom
from .choice import Choice, neighbours

KEPT = ("zoom", "from", "dependencies", "dense", "order", "as", "health")  # what the form of filters carries along


@dataclass(frozen=True)
class Way:
    """A link of the chart's own; `is_here` when it is what is shown."""

    label: str
    url: str
    is_here: bool = False


@dataclass(frozen=True)
class HealthWay:
    """A health with its number: the link shows only these, or all again."""

    health: str
    label: str
    number: int
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    options: list[Option]


@dataclass(frozen=True)
class Controls:
    """`period` names the days shown; `before` and `after` are its neighbours, None at the plan's ends."""

    healths: list[HealthWay]
    filters: list[Filter]
    kept: list[tuple[str, str]]
    zooms: list[Way]
    period: str
    before: Way | None
    after: Way | None
    switches: list[Way]
    twin: Way
    everything: str


def controls(plan: Plan, asked: Choice, streams: Iterable[Workstream], numbers: Counter[str]) -> Controls:
    before, after = neighbours(asked, plan)
    twin = None if asked.as_table else "table"
    return Controls(
        healths=[
            HealthWay(
                one.value, str(one.label), numbers[one], asked.with_or_without("health", one), one in asked.healths
            )
            for one in (Health.RED, Health.YELLOW, Health.GREEN, Health.MADE_UP, Health.DONE)
        ],
        filters=_filters(plan, asked, streams),
        kept=[(name, value) for name in KEPT for value in asked.given.getlist(name)],
        zooms=_zooms(asked),
        period=_period(asked.zoom, asked.first),
        before=_neighbour(asked, before),
        after=_neighbour(asked, after),
        switches=[
            Way(_("Dependencies"), asked.toggled("dependencies"), asked.dependencies),
            Way(_("Dense"), asked.toggled("dense"), asked.dense),
            Way(_("By date"), asked.url(order=None if asked.by_date else "due"), asked.by_date),
        ],
        twin=Way(_("Show the chart") if asked.as_table else _("The same as a table"), asked.url(**{"as": twin})),
        everything=asked.url(workstream=None, health=None, lead=None, kind=None, unfinished=None, open=None),
    )


def _filters(plan: Plan, asked: Choice, streams: Iterable[Workstream]) -> list[Filter]:
    leads = Organisation.objects.filter(pk__in=plan.milestones.order_by().values("lead")).order_by("code")
    return [
        Filter(
            "workstream", _("Field of work"), _options(((one.code, titled(one)) for one in streams), asked.workstreams)
        ),
        Filter("lead", _("Lead"), _options(((one.code, str(one)) for one in leads), asked.leads)),
        Filter("kind", _("Kind"), _options(((str(value), str(label)) for value, label in Kind.choices), asked.kinds)),
    ]


def _options(known: Iterable[tuple[str, str]], chosen: tuple[str, ...]) -> list[Option]:
    return [Option(value, label, value in chosen) for value, label in known]


def _zooms(asked: Choice) -> list[Way]:
    start = None if asked.zoom is Zoom.YEAR else f"{asked.first:%Y-%m}"
    return [
        Way(_("Year"), asked.url(zoom=None, **{"from": None}), asked.zoom is Zoom.YEAR),
        Way(_("Quarter"), asked.url(zoom="quarter", **{"from": start}), asked.zoom is Zoom.QUARTER),
        Way(_("Month"), asked.url(zoom="month", **{"from": start}), asked.zoom is Zoom.MONTH),
    ]


def _neighbour(asked: Choice, day: date | None) -> Way | None:
    if day is None or asked.zoom is Zoom.YEAR:
        return None
    return Way(_period(asked.zoom, day), asked.url(**{"from": f"{day:%Y-%m}"}))


def _period(zoom: Zoom, day: date) -> str:
    match zoom:
        case Zoom.YEAR:
            return ""
        case Zoom.QUARTER:
            quarter = (_("Q1"), _("Q2"), _("Q3"), _("Q4"))[(day.month - 1) // 3]
            return _("%(quarter)s %(year)s") % {"quarter": quarter, "year": day.year}
        case _month:
            return date_format(day, _("F Y"))
