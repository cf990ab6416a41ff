"""How is a text shown beside its proposals: the spans numbered and marked, old values beside new ones?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from milestones import wording
from milestones.intake.rules.proposals import Proposal
from milestones.intake.standing import Known, Overview, Stand, Standing
from milestones.models import Bound, IntakeText, Kind, Measure, Milestone, Target
from milestones.workdays.periods import FuzzyDate

from .intake_forms import ProposalForm, form_of

AT_ONCE = 80  # proposals with fields: more of them would be more fields than one form may send
SIGNS = {Stand.NEW: "＋", Stand.SAME: "＝", Stand.CHANGED: "→", Stand.ACCEPTED: "✓", Stand.REJECTED: "✕"}
WORDS = {
    Stand.NEW: pgettext_lazy("proposal", "new"),
    Stand.SAME: pgettext_lazy("proposal", "there already"),
    Stand.CHANGED: pgettext_lazy("proposal", "changed"),
    Stand.ACCEPTED: pgettext_lazy("proposal", "accepted"),
    Stand.REJECTED: pgettext_lazy("proposal", "rejected"),
}
FIELDS = {
    "due": gettext_lazy("due"),
    "measure": gettext_lazy("measure"),
    "bound": gettext_lazy("bound"),
    "value": gettext_lazy("value"),
    "value_max": gettext_lazy("upper value"),
    "unit": gettext_lazy("unit"),
}


@dataclass(frozen=True)
class Start:
    """The number at the beginning of a span, which leads to its proposal."""

    number: int
    stand: str
    sign: str
    word: str


@dataclass(frozen=True)
class Segment:
    """A piece of the text in which nothing begins or ends; `css` says what covers it."""

    text: str
    css: str
    starts: tuple[Start, ...] = ()


@dataclass(frozen=True)
class Differing:
    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Card:
    number: int
    stand: str
    sign: str
    word: str
    type: str
    title: str
    said: str
    workstream: str
    lead: str
    form: ProposalForm | None
    url: str
    code: str
    differing: list[Differing]
    errors: list[str]


@dataclass(frozen=True)
class Gone:
    code: str
    title: str
    url: str


def segments(text: IntakeText, seen: Overview) -> list[Segment]:
    """The whole text, cut where a span begins or ends."""
    spans = [(row.proposal.span, row) for row in seen.rows]
    plain = [(tuple(span), "heading") for span in text.headings] + [(tuple(span), "passed") for span in text.passed]
    cuts = {0, len(text.text)} | {at for span, _row in [*spans, *plain] for at in span}
    ends = sorted(at for at in cuts if 0 <= at <= len(text.text))
    starting: dict[int, list[Standing]] = {}
    for (start, _end), row in spans:
        starting.setdefault(start, []).append(row)
    css = _covered(spans, plain)
    return [
        Segment(text.text[start:end], css(start), tuple(_start(row) for row in starting.get(start, ())))
        for start, end in pairwise(ends)
    ]


def _covered(spans: list[Any], plain: list[Any]) -> Any:
    """What covers a position: the shortest of the spans of proposals, else a heading, or what was passed over."""
    by_length = sorted([((s, e), str(row.stand)) for (s, e), row in spans], key=lambda one: one[0][1] - one[0][0])
    ordered = sorted(plain)  # these do not overlap, and there may be thousands
    starts = [start for (start, _end), _css in ordered]

    def css(at: int) -> str:
        near = ordered[max(0, bisect_right(starts, at) - 1) :][:1]
        return next((css for (start, end), css in by_length + near if start <= at < end), "")

    return css


def _start(row: Standing) -> Start:
    return Start(row.number, str(row.stand), SIGNS[row.stand], str(WORDS[row.stand]))


def cards(
    text: IntakeText, seen: Overview, forms: Mapping[int, ProposalForm], errors: Mapping[int, list[str]]
) -> dict[str, list[Card]]:
    """By how they stand; the first of the new ones have fields."""
    fielded = {row.number for row in seen.all(Stand.NEW)[:AT_ONCE]} | set(forms)
    found: dict[str, list[Card]] = {str(stand): [] for stand in Stand}
    for row in seen.rows:
        form = forms.get(row.number)
        if form is None and row.stand == Stand.NEW and row.number in fielded:
            form = form_of(row.number, row.proposal)
        form = form if row.stand == Stand.NEW else None
        found[str(row.stand)].append(_card(row, text.plan.year, form, errors.get(row.number, [])))
    return found


def _card(row: Standing, year: int, form: ProposalForm | None, errors: list[str]) -> Card:
    said = row.proposal
    return Card(
        row.number,
        str(row.stand),
        SIGNS[row.stand],
        str(WORDS[row.stand]),
        _("target") if said.is_target else _("milestone"),
        said.title,
        _said(said, year),
        said.workstream,
        " · ".join([name for name in (said.lead, *said.supporting) if name]),
        form,
        url(row.known) if row.known else "",
        row.known.code if row.known else "",
        list(_differing(row, year)),
        errors,
    )


def gone(seen: Overview) -> list[Gone]:
    return [Gone(one.code, one.title if isinstance(one, Milestone) else one.name, url(one)) for one in seen.gone]


def url(known: Known) -> str:
    kind = "target" if isinstance(known, Target) else "milestone"
    return reverse(f"admin:milestones_{kind}_change", args=[known.pk])


def _differing(row: Standing, year: int) -> Iterator[Differing]:
    for name in row.fields:
        old, new = (_value(name, getattr(one, name), year) for one in (row.had, row.proposal))
        yield Differing(str(FIELDS[name]), old, new)


def _said(said: Proposal, year: int) -> str:
    due = _value("due", said.due, year)
    if not said.is_target:
        return f"{Kind(said.kind).label} · {due}"
    value = _value("value", said.value, year)
    if said.value_max is not None:
        value = f"{value}–{_value('value_max', said.value_max, year)}"
    bound = "" if said.bound == Bound.RANGE else f"{Bound(said.bound).label} "
    return f"{bound}{value} {said.unit} · {Measure(said.measure).label} · {due}"


def _value(name: str, value: Any, year: int) -> str:
    if isinstance(value, FuzzyDate):
        return wording.period(value, year=year)
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    labels: dict[str, Any] = {"measure": Measure, "bound": Bound}
    return str(labels[name](value).label) if name in labels and value else "–" if value in (None, "") else str(value)
