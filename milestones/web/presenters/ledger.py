"""What does the ledger show: its rows, what narrows them, and where else one can go from here?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from milestones.ledger import counting, paging, selecting
from milestones.ledger.query import COLUMNS, Query
from milestones.models import Person, Plan
from milestones.web.moment import Moment
from milestones.web.presenters.ledger_filters import Chip, Choices, chips, choices, order_words
from milestones.web.presenters.ledger_rows import Row, rows_of
from milestones.web.presenters.ledger_words import heading

SORTABLE_DOWN_FIRST = frozenset({"progress", "report", "slip", "weight"})


@dataclass(frozen=True)
class Head:
    """A column: its word, and where its head leads. `sorted` is ascending, descending or empty, as ARIA says it."""

    name: str
    label: str
    query: str
    sorted: str
    is_figure: bool

    @property
    def arrow(self) -> str:
        return {"ascending": "↑", "descending": "↓"}.get(self.sorted, "")


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    is_shown: bool


@dataclass(frozen=True)
class Ledger:
    query: Query
    text: str
    heads: list[Head]
    columns: list[Column]
    rows: list[Row]
    count: counting.Count
    chips: list[Chip]
    unread: tuple[str, ...]
    choices: Choices
    next: str
    previous: str

    @property
    def choose(self) -> str:
        return _("Choose")

    @property
    def order_words(self) -> str:
        return order_words(self.query.order)

    @property
    def all_text(self) -> str:
        """The same rows, without a page."""
        return self.query.text(paged=False)


def ledger(query: Query, viewer: Person, at: Moment, every: Sequence[Plan]) -> Ledger:
    """One page of 25, from as many queries as there are plans and a dozen more. `every` plan that the reader sees."""
    today = at.today()
    among = selecting.plans(viewer, query, every)
    page = paging.page(viewer, query, today, among=among)
    options = choices(query, every, among)
    shown = _shown(query, among)
    return Ledger(
        query=query,
        text=query.text(),
        heads=[_head(name, query) for name in shown],
        columns=[Column(name, heading(name), name in shown) for name in COLUMNS if name not in ("code", "title")],
        rows=rows_of(page.ids, shown, today, at.calendar),
        count=counting.count(viewer, query, today, among),
        chips=chips(query, options),
        unread=query.unread,
        choices=options,
        next=query.with_(cursor=page.next).text() if page.next else "",
        previous=query.with_(cursor=page.previous).text() if page.previous else "",
    )


def _shown(query: Query, among: Sequence[Plan]) -> list[str]:
    """Code and title are always there; the plan is told when there are several."""
    wanted = {*query.shown, "code", "title"} | ({"plan"} if len(among) > 1 and not query.columns else set())
    return [name for name in COLUMNS if name in wanted]


def _head(name: str, query: Query) -> Head:
    now = next((one for one in query.order if one.removeprefix("-") == name), "")
    turned = name if now.startswith("-") else f"-{name}" if now else _first_way(name)
    order = tuple(dict.fromkeys((turned, *(("due",) if name == "health" else ()))))
    return Head(
        name=name,
        label=heading(name),
        query="" if name == "reason" else query.with_(order=order).text(),
        sorted=("descending" if now.startswith("-") else "ascending") if now else "",
        is_figure=name in ("slip", "weight"),
    )


def _first_way(name: str) -> str:
    return f"-{name}" if name in SORTABLE_DOWN_FIRST else name


def none_found(page: Ledger) -> list[str]:
    """Why the page is empty, and what can be done."""
    if page.query.asks:
        return [_("Nothing matches these filters."), _("Take one of them away, or search for less.")]
    return [_("No milestone is here yet."), _("They appear when the supervision office has activated a plan.")]
