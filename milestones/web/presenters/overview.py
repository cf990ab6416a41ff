"""How does a plan stand: what is done against the time gone, what is late, what comes next, what changed?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access
from milestones.models import ChangeEntry, Op, Person, Plan, State, Workstream
from milestones.web import day as days
from milestones.web.facts import Fact, Window
from milestones.web.moment import Moment
from milestones.web.presenters import changes
from milestones.web.presenters.bullets import Bullet, bullets
from milestones.web.presenters.curve import Curve, curve
from milestones.web.presenters.lines import Line, share
from milestones.web.presenters.lines import lines as lines_of
from milestones.web.presenters.slips import Slip, worst_slips
from milestones.web.presenters.streams import Stream, stream_bars
from milestones.workdays import Calendar

NEXT_DAYS = 30
NEXT_SHOWN = 10
CHANGES_SHOWN = 8
ROWS_SHOWN = 200
UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class Count:
    """A number that leads to its rows; `fact` is a Fact's value or `unassigned`."""

    fact: Fact | None
    key: str
    label: str
    number: int
    weight: str


@dataclass(frozen=True)
class ChangeLine:
    """`code` is the milestone's; empty when the change is not about one."""

    change: changes.Line
    code: str


@dataclass(frozen=True)
class Overview:
    plan: Plan
    year: int
    verdict: list[str]
    overdue: int
    done_share: str
    submitted_share: str
    elapsed: str
    bar_done: float
    bar_submitted: float
    bar_elapsed: float
    bar_elapsed_300: float
    settled: str
    counts: list[Count]
    total: int
    streams: list[Stream]
    curve: Curve | None
    targets: list[Bullet]
    next: list[tuple[Line, int]]
    next_total: int
    slips: list[Slip]
    changes: list[ChangeLine]
    shown: str
    shown_label: str
    shown_stream: Workstream | None
    rows: list[Line]
    rows_more: int


def overview(plan: Plan, viewer: Person, at: Moment, *, shown: str = "") -> Overview:
    """Everything on the page, from a handful of queries; `shown` names the number whose rows are listed at its end."""
    today = at.today(plan.zone)
    window = Window.of(today, at.calendar)
    lines = lines_of(plan, viewer, window)
    live = [line for line in lines if line.fact is not Fact.CANCELLED]
    total = sum(line.weight for line in live)
    done = share([line for line in live if line.fact in (Fact.DONE, Fact.MADE_UP)], total)
    submitted = share([line for line in live if line.values["state"] == State.SUBMITTED], total)
    elapsed = days.elapsed(today, plan.starts_on, plan.ends_on)
    by_fact = Counter(line.fact for line in lines)
    coming = _coming(live, today)
    streams = list(plan.workstreams.all())
    listed, label = _rows(lines, shown, streams)
    return Overview(
        plan=plan,
        year=plan.year,
        verdict=_verdict(live, by_fact, done, elapsed),
        overdue=by_fact[Fact.OVERDUE],
        done_share=f"{done:.1f}",
        submitted_share=f"{submitted:.1f}",
        elapsed=f"{elapsed:.1f}",
        bar_done=round(done * 7, 1),
        bar_submitted=round((done + submitted) * 7, 1),
        bar_elapsed=round(elapsed * 7, 1),
        bar_elapsed_300=round(elapsed * 3, 1),
        settled=_settled(live, today),
        counts=_counts(lines, by_fact, total),
        total=len(live),
        streams=stream_bars(streams, live),
        curve=_curve(plan, live, today),
        targets=bullets(access.visible(plan.targets.all(), viewer).order_by("workstream__position", "code"), today),
        next=[(line, _left(line, today, at.calendar)) for line in coming[:NEXT_SHOWN]],
        next_total=len(coming),
        slips=worst_slips(live, today, at.calendar),
        changes=_changes(plan, viewer, lines),
        shown=shown,
        shown_label=label,
        shown_stream=next((stream for stream in streams if stream.code == shown), None),
        rows=listed[:ROWS_SHOWN],
        rows_more=max(0, len(listed) - ROWS_SHOWN),
    )


def _verdict(live: list[Line], by_fact: Counter[Fact], done: float, elapsed: float) -> list[str]:
    finished = by_fact[Fact.DONE] + by_fact[Fact.MADE_UP]
    words = {"total": len(live), "n": finished, "done": f"{done:.1f}%", "elapsed": f"{elapsed:.1f}%"}
    said = [
        ngettext(
            "%(n)s of %(total)s milestones is verified, %(done)s by weight; %(elapsed)s of the time is gone.",
            "%(n)s of %(total)s milestones are verified, %(done)s by weight; %(elapsed)s of the time is gone.",
            finished,
        )
        % words
    ]
    overdue, soon, nobody = by_fact[Fact.OVERDUE], by_fact[Fact.SOON], sum(line.is_unassigned for line in live)
    parts = []
    if overdue:
        parts.append(ngettext("%(n)s is overdue", "%(n)s are overdue", overdue) % {"n": overdue})
    if soon:
        near = ngettext("%(n)s is due within 7 working days", "%(n)s are due within 7 working days", soon)
        parts.append(near % {"n": soon})
    if nobody:
        parts.append(ngettext("%(n)s has no owner", "%(n)s have no owner", nobody) % {"n": nobody})
    said.append(
        _("%(parts)s.") % {"parts": _(", ").join(parts)} if parts else _("None is overdue and all have owners.")
    )
    return said


def _settled(live: list[Line], today: date) -> str:
    """What the deadlines that have passed came to."""
    fallen = [line for line in live if line.values["due_on"] < today]
    if not fallen:
        return _("No deadline has passed yet.")
    kinds = Counter(line.fact for line in fallen)
    words = {
        "n": len(fallen),
        "done": kinds[Fact.DONE],
        "late": kinds[Fact.MADE_UP],
        "open": kinds[Fact.OVERDUE],
    }
    return _("%(n)s deadlines have passed: %(done)s kept, %(late)s made up late, %(open)s still open.") % words


def _counts(lines: list[Line], by_fact: Counter[Fact], total: int) -> list[Count]:
    weights: Counter[Fact] = Counter()
    for line in lines:
        weights[line.fact] += line.weight
    nobody = [line for line in lines if line.is_unassigned]
    found = [
        Count(fact, fact.value, str(fact.label), by_fact[fact], f"{100 * weights[fact] / total if total else 0:.0f}%")
        for fact in Fact
        if fact is not Fact.CANCELLED or by_fact[fact]
    ]
    found.append(Count(None, UNASSIGNED, _("without owner"), len(nobody), f"{share(nobody, total):.0f}%"))
    return found


def _curve(plan: Plan, live: list[Line], today: date) -> Curve | None:
    due = [(line.values["due_on"], line.weight) for line in live]
    completed = [
        (line.values["actual_on"], line.weight)
        for line in live
        if line.fact in (Fact.DONE, Fact.MADE_UP) and line.values["actual_on"]
    ]
    return curve(due, completed, first=plan.starts_on, last=plan.ends_on, today=today)


def _coming(live: list[Line], today: date) -> list[Line]:
    last = today + timedelta(days=NEXT_DAYS)
    return [line for line in live if line.is_open and today <= line.values["due_on"] <= last]


def _left(line: Line, today: date, calendar: Calendar) -> int:
    return max(0, calendar.count(today, calendar.on_or_before(line.values["due_on"])))


def _changes(plan: Plan, viewer: Person, lines: list[Line]) -> list[ChangeLine]:
    """The newest changes that the viewer may read; what was only loaded is no news."""
    entries = (
        access.visible(ChangeEntry.objects.filter(plan_id=plan.pk), viewer)
        .exclude(op=Op.CREATE, entity__in=("milestone", "target", "workstream", "plan"))
        .exclude(entity="calendarfeed")  # whose calendar shows the plan is nobody else's matter
        .order_by("-id")[:CHANGES_SHOWN]
    )
    codes = {str(line.values["id"]): line.code for line in lines}
    return [
        ChangeLine(change, codes.get(_milestone(change.entry), ""))
        for change in changes.lines(list(entries), year=plan.year)
    ]


def _milestone(entry: ChangeEntry) -> str:
    """The id of the milestone that an entry is about or belongs to; empty for none."""
    return str(entry.object_id if entry.entity == "milestone" else entry.changes.get("milestone_id", [None, ""])[1])


def _rows(lines: list[Line], shown: str, streams: list[Workstream]) -> tuple[list[Line], str]:
    """The rows behind a number, and what they are called; nothing for a word that is no number's."""
    if shown == UNASSIGNED:
        return [line for line in lines if line.is_unassigned], _("without owner")
    if shown == "all":
        return lines, _("all milestones")
    if shown in Fact.values:
        return [line for line in lines if line.fact == shown], str(Fact(shown).label)
    for stream in streams:
        if shown == stream.code:
            return [line for line in lines if line.values["workstream_id"] == stream.pk], stream.title
    return [], ""
