"""How is a milestone one line in a list of things to do?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones import access, wording
from milestones.actors import Actor
from milestones.changes import health_words
from milestones.models import Milestone, State
from milestones.planning.cadence import Period
from milestones.planning.facts import Fact, Window
from milestones.web.actions import Action, obvious, offered
from milestones.web.moment import Moment
from milestones.web.presenters import words
from milestones.workdays import Calendar

NEAR = ("plan", "workstream", "lead", "accountable", "submitted_by")


@dataclass(frozen=True)
class Press:
    """What can be done there with one tap: a form's address, or, with `posts`, the act itself with nothing to say."""

    label: str
    url: str
    posts: bool
    version: int


@dataclass(frozen=True)
class Row:
    """`when` is the distance in words, `note` what it is counted to; `reason` says why it stands as it does."""

    milestone: Milestone
    fact: Fact
    when: str
    note: str
    is_late: bool
    reason: str
    press: Press | None
    report_url: str

    @property
    def health(self) -> str | None:
        return self.milestone.health

    def get_health_display(self) -> str:
        return str(self.milestone.get_health_display())


def rows(wanted: Sequence[Any], reports: dict[Any, Period], *, actor: Actor, at: Moment) -> list[Row]:
    """The milestones with these ids in their order; `reports` are those that a report is owed on. One query."""
    found = Milestone.objects.filter(pk__any_of=list(wanted)).select_related(*NEAR) if wanted else []
    by_id = {milestone.pk: milestone for milestone in found}
    return [_row(by_id[pk], reports.get(pk), actor, at) for pk in wanted if pk in by_id]


def _row(milestone: Milestone, report: Period | None, actor: Actor, at: Moment) -> Row:
    today = at.today(milestone.plan.zone)
    fact = Window.of(today, at.calendar).fact(milestone.state, milestone.due_on, milestone.actual_on)
    late = fact is Fact.OVERDUE
    press, reports = _press(milestone, report, late, actor)
    by_report = report is not None and fact not in (Fact.OVERDUE, Fact.SOON)
    assert report is not None or not by_report
    return Row(
        milestone=milestone,
        fact=fact,
        when=_until(report.deadline, today, at.calendar)
        if report and by_report
        else _when(milestone, today, at.calendar),
        note=_report_note(report) if report and by_report else "",
        is_late=late,
        reason=health_words.reason(milestone.health_reason, year=milestone.plan.year),
        press=press,
        report_url=reports,
    )


def _press(milestone: Milestone, report: Period | None, late: bool, actor: Actor) -> tuple[Press | None, str]:
    """The one thing to do, and beside it the way to a report where that is another thing.

    Of what others let become overdue the office writes to them; beginning their work is not its next step.
    """
    reports = ""
    if (
        late
        and milestone.state != State.SUBMITTED
        and milestone.lead_id
        and access.may(actor, "notice.issue", milestone)
    ):
        url = f"{reverse('notice_new')}?{urlencode({'milestone': f'{milestone.plan.code}/{milestone.code}'})}"
        return Press(_("Issue a notice"), url, posts=False, version=milestone.version), ""
    if milestone.plan.is_active and milestone.is_open and access.may(actor, "report.write", milestone):
        reports = reverse("milestone_report", args=[milestone.plan.code, milestone.code])
    if report is not None and reports:
        return Press(_("File the report"), reports, posts=False, version=milestone.version), ""
    action = obvious(milestone, offered(milestone, actor))
    return (_of(action, milestone) if action else None), reports


def _of(action: Action, milestone: Milestone) -> Press:
    """Beginning needs no second thought; verifying does: it is asked for on its own page."""
    url = reverse("milestone_act", args=[milestone.plan.code, milestone.code, action.name])
    return Press(str(action.label), url, posts=action.name == "start", version=milestone.version)


def _report_note(report: Period) -> str:
    said = {"day": wording.day(report.deadline, year=report.deadline.year)}
    return (_("weekly report, %(day)s") if report.weekly else _("monthly report, %(day)s")) % said


def _when(milestone: Milestone, today: date, calendar: Calendar) -> str:
    due = milestone.due
    if today > due.on:
        n = words.days_overdue(today, due, calendar)
        return ngettext("%(n)s day overdue", "%(n)s days overdue", n) % {"n": n} if n else _("overdue")
    return _until(due.on, today, calendar)


def _until(day: date, today: date, calendar: Calendar) -> str:
    n = max(0, calendar.count(today, calendar.on_or_before(day)))
    return ngettext("in %(n)s day", "in %(n)s days", n) % {"n": n} if n else _("today")
