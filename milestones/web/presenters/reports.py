"""What was reported on a milestone, what is expected next, and is it the reader's to say?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from milestones import access, wording
from milestones.actors import Actor
from milestones.models import Milestone, ReportDraft, ReportState, State, StatusReport
from milestones.planning.cadence import Period
from milestones.status_reports import drafts, queries
from milestones.web.decisions import offered
from milestones.web.moment import Moment
from milestones.web.presenters import words
from milestones.web.presenters.dates import short_day
from milestones.web.presenters.links import Link, links
from milestones.workdays import FuzzyDate

SHOWN = 5


@dataclass(frozen=True)
class Line:
    row: StatusReport
    title: str
    state: str
    on_behalf: bool
    parts: list[tuple[str, str]]
    note: str
    acts: list[Link]


@dataclass(frozen=True)
class Expected:
    """The report that is wanted now: by when, and how the next one is called; `is_late` when the day has passed."""

    title: str
    by: date
    left: str
    is_late: bool
    cadence: str


@dataclass(frozen=True)
class Reports:
    """`url` leads to the form, empty for who may not report; `draft` is the reader's own, begun before, and `discard`
    where it is let go."""

    lines: list[Line]
    earlier: list[Line]
    expected: Expected | None
    last: StatusReport | None
    draft: ReportDraft | StatusReport | None
    discard: str
    url: str


def reports(milestone: Milestone, actor: Actor, at: Moment) -> Reports:
    today = at.today(milestone.plan.zone)
    rows = _rows(milestone, actor)
    elsewhere = [row for row in rows if row.state == ReportState.DRAFT]
    said = [row for row in rows if row.state != ReportState.DRAFT]
    counting = [row for row in said if row.state in (ReportState.SUBMITTED, ReportState.ACCEPTED)]
    lines = [_line(row, milestone, actor) for row in said]
    may = milestone.plan.is_active and milestone.is_open and access.may(actor, "report.submit", milestone)
    typed = drafts.of(milestone, actor) if may else None
    draft = typed or (elsewhere[0] if elsewhere else None)
    return Reports(
        lines=lines[:SHOWN],
        earlier=lines[SHOWN:],
        expected=expected(milestone, counting[0].as_of if counting else None, today, at),
        last=counting[0] if counting else None,
        draft=draft,
        discard=reverse("draft_decide" if typed else "report_decide", args=[draft.pk, "discard"]) if draft else "",
        url=reverse("milestone_report", args=[milestone.plan.code, milestone.code]) if may else "",
    )


def expected(milestone: Milestone, last: date | None, today: date, at: Moment) -> Expected | None:
    """The report of this period, until it is there; None when nothing is expected."""
    plan = milestone.plan
    if not plan.is_active or milestone.state not in (State.PLANNED, State.IN_PROGRESS) or plan.report_cadence == "none":
        return None
    period = queries.schedule(milestone, at.calendar).asked_for(last, today)
    if period is None:
        return None
    left = words.until(today, FuzzyDate(period.deadline), at.calendar)
    return Expected(_title(period), period.deadline, left, today > period.deadline, _cadence(period, plan))


def _rows(milestone: Milestone, actor: Actor) -> list[StatusReport]:
    """All that count or counted, and the reader's own draft; newest first."""
    mine = Q(state=ReportState.DRAFT, author=actor.person)
    rows = milestone.status_reports.filter(~Q(state=ReportState.DRAFT) | mine)
    found = list(rows.select_related("author", "decided_by").order_by("-as_of", "-id"))
    for row in found:
        row.milestone = milestone
    return found


def _line(row: StatusReport, milestone: Milestone, actor: Actor) -> Line:
    year = milestone.plan.year
    parts = [
        (_("done"), row.done),
        (_("obstacles"), row.obstacles),
        (_("help needed"), row.help_needed),
        (_("expected"), words.short(row.forecast, year) if row.forecast else ""),
    ]
    return Line(
        row=row,
        title=_("%(day)s · %(progress)s%%") % {"day": wording.day(row.as_of, year=year), "progress": row.progress},
        state=_state(row),
        on_behalf=row.on_behalf,
        parts=[(label, said) for label, said in parts if said],
        note=row.note,
        acts=links(row.pk, offered("report", row, milestone, actor)),
    )


def _state(row: StatusReport) -> str:
    who = row.decided_by or row.author
    return " · ".join(filter(None, (row.get_state_display(), str(who) if who else "")))


def _title(period: Period) -> str:
    said = {"day": short_day(period.deadline)}
    return _("Weekly report, by %(day)s") % said if period.weekly else _("Monthly report, by %(day)s") % said


def _cadence(period: Period, plan: object) -> str:
    if period.weekly:
        return _("weekly, by the week's last working day")
    return _("monthly, by the %(day)s") % {"day": getattr(plan, "report_day", "")}
