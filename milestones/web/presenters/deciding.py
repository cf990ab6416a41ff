"""What must one see to decide about something that hangs on a milestone? Its title, and the facts in two columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones import wording
from milestones.actors import Actor
from milestones.extensions import rules
from milestones.models import Milestone
from milestones.planning import ripples
from milestones.status_reports import queries
from milestones.web.moment import Moment
from milestones.web.presenters import words

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class About:
    """`preview` is the address of a picture, empty without one."""

    title: str
    facts: Facts
    preview: str = ""


def about(noun: str, obj: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    return _OF[noun](obj, milestone, at, viewer)


def _evidence(piece: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    preview = reverse("evidence_preview", args=[piece.pk]) if piece.has_preview else ""
    facts = [(_("State"), piece.get_state_display()), (_("Attached"), _instant(piece.created_at))]
    return About(piece.title, facts, preview)


def _report(report: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    return _said(report, milestone, [(_("Written by"), str(report.author or _("a system")))])


def _draft(draft: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    return _said(draft, milestone, [])


def _said(report: Any, milestone: Milestone, first: Facts) -> About:
    year = milestone.plan.year
    facts = [
        *first,
        (_("Progress in per cent"), "" if report.progress is None else str(report.progress)),
        (_("Expected"), words.short(report.forecast, year) if report.forecast else ""),
        (_("Done since the last report"), report.done),
        (_("What stands in the way"), report.obstacles),
        (_("Help that is needed"), report.help_needed),
    ]
    title = _("Report as of %(day)s") % {"day": wording.day(report.as_of, year=year)} if report.as_of else _("Draft")
    return About(title, [(label, said) for label, said in facts if said])


def _extension(asked: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    year, last = milestone.plan.year, queries.last_before(milestone, at.today(milestone.plan.zone))
    net = ripples.of_milestone(milestone, viewer)
    knocked = [one.milestone.code for one in net.if_expected(milestone, due=asked.due)]
    facts = [
        (_("Asked by"), _who_and_when(asked)),
        (_("Reason"), asked.reason),
        (_("Progress so far in per cent"), str(asked.progress)),
        (_("Last report"), _("%(progress)s per cent, as of %(day)s") % {
            "progress": last.progress, "day": wording.day(last.as_of, year=year)} if last else _("none yet")),
        (_("First promise"), wording.period_with_day(milestone.baseline, year=year)),
        (_("Answer by"), wording.day(asked.decide_by, year=year)),
        (_("Asked late"), _("yes, after the working deadline") if asked.late else ""),
        (_("Would push back"), _(", ").join(knocked)),
    ]  # fmt: skip
    title = _("%(old)s → %(new)s, %(slip)s") % {
        "old": wording.period(asked.old, year=year),
        "new": wording.period(asked.due, year=year),
        "slip": words.slip(rules.slip(asked.old, asked.due, at.calendar)),
    }
    return About(title, [(label, said) for label, said in facts if said])


def _comment(comment: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    return About(_("Comment of %(name)s") % {"name": comment.author or _("a system")}, [(_("Text"), comment.text)])


def _override(override: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    said = {"health": override.get_health_display(), "day": wording.day(override.until, year=milestone.plan.year)}
    return About(_("%(health)s until %(day)s") % said, [(_("Reason"), override.reason)])


def _dependency(tie: Any, milestone: Milestone, at: Moment, viewer: Actor) -> About:
    return About(
        _("waits for %(other)s") % {"other": tie.predecessor}, [(_("Working days between them"), str(tie.lag))]
    )


def _who_and_when(asked: Any) -> str:
    return f"{asked.requested_by or asked.requested_client} · {_instant(asked.requested_at)}"


def _instant(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


_OF: dict[str, Callable[[Any, Milestone, Moment, Actor], About]] = {
    "evidence": _evidence,
    "report": _report,
    "draft": _draft,
    "extension": _extension,
    "comment": _comment,
    "override": _override,
    "dependency": _dependency,
}
