"""What was done by a mail's link, and where is it to be seen?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones import wording
from milestones.answering import opening
from milestones.links import Link
from milestones.models import Extension, Milestone, Notice, StatusReport
from milestones.notices import words
from milestones.people import preferences
from milestones.templatetags.pages import titled

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Done:
    """`url` is the page that shows it, after signing in."""

    title: str
    about: str
    at: datetime
    lines: Lines
    url: str


def done(link: Link, at: datetime) -> Done:
    title, about, lines = _SAID[link.action](link, at)
    return Done(title, about, at, lines, url_of(link))


def url_of(link: Link) -> str:
    """The page of what the link is about; empty when it is about nothing."""
    if link.subject is None:
        return ""
    if opening.is_about_a_notice(link):
        return reverse("notice", args=[link.subject])
    milestone = Milestone.objects.select_related("plan").filter(pk=opening.subject(link)).first()
    return reverse("milestone", args=[milestone.plan.code, milestone.code]) if milestone else ""


def step_words(code: str, now: datetime) -> str:
    return preferences.mutable_steps(timezone.localdate(now)).get(code, code)


def _signed(link: Link, at: datetime) -> tuple[str, str, Lines]:
    if not opening.is_about_a_notice(link):
        return _("The reminder is signed for"), _milestone(link), []
    notice = Notice.objects.get(pk=opening.subject(link))
    if notice.replied_at == at:
        return _("The notice is answered"), words.number(notice), [(_("Answer"), notice.reply)]
    return _("The notice is signed for"), words.number(notice), [(_("Answer by"), wording.day(notice.respond_by))]


def _reported(link: Link, at: datetime) -> tuple[str, str, Lines]:
    filed = StatusReport.objects.filter(milestone=link.subject, author=opening.person(link), submitted_at=at).first()
    return _("The report is filed"), _milestone(link), _report_lines(filed) if filed else []


def _report_lines(filed: StatusReport) -> Lines:
    forecast: Any = wording.period(filed.forecast) if filed.forecast else ""
    lines = [
        (_("As of"), wording.day(filed.as_of)),
        (_("Progress in per cent"), str(filed.progress)),
        (_("Expected"), forecast),
        (_("Done since the last report"), filed.done),
        (_("What stands in the way"), filed.obstacles),
        (_("Help that is needed"), filed.help_needed),
    ]
    return [(label, text) for label, text in lines if text]


def _asked(link: Link, at: datetime) -> tuple[str, str, Lines]:
    rows = Extension.objects.filter(milestone=link.subject, requested_by=opening.person(link), requested_at=at)
    lines = [line for one in rows[:1] for line in _extension_lines(one)]
    return _("A later date is asked for"), _milestone(link), lines


def _extension_lines(asked: Extension) -> Lines:
    return [
        (_("New due date"), wording.period(asked.due)),
        (_("Reason"), asked.reason),
        (_("Answer by"), wording.day(asked.decide_by)),
        (_("State"), asked.get_state_display()),
    ]


def _milestone(link: Link) -> str:
    milestone = Milestone.objects.get(pk=opening.subject(link))
    return f"{milestone.code} {titled(milestone)}"


_SAID = {"sign": _signed, "report": _reported, "extension": _asked}
