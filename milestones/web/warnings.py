"""What does the office read above every page when reminders or mails do not leave, and what should it do?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.upkeep.faults import Fault, Problem
from milestones.upkeep.standing import Standing, standing

from .reader import reader


@dataclass(frozen=True)
class Warning:  # noqa: A001 - no exception; the word of whoever reads it
    """`words` say what is so, `advice` what to do, and `url` leads to where more is told."""

    words: str
    advice: str
    url: str
    label: str


def warnings(request: HttpRequest) -> list[Warning]:
    """For a signed-in person of the office; one query."""
    started: datetime = apps.get_app_config("milestones").started_at  # type: ignore[attr-defined]
    return list(_found(standing(reader(request)), timezone.now(), started))


def _found(stands: Standing, now: datetime, started: datetime) -> Iterator[Warning]:
    if (late := stands.late(now, started)) is not None:
        yield _late(late)
    if stands.paused_at is not None:
        yield _paused(stands, stands.paused_at)
        return
    for problem in stands.lasting:
        if problem.fault is Fault.SERVER:
            yield _server(problem)


def _late(problem: Problem) -> Warning:
    if problem.since is None:
        words = _("Reminders have never left.")
    elif problem.fault is Fault.SWEEP:
        words = _("Reminders have not left since %(since)s.") % {"since": _instant(problem.since)}
    else:
        words = _("Mails have not left since %(since)s.") % {"since": _instant(problem.since)}
    advice = _("Tell whoever runs the server that worker and beat must be looked at. Nothing is lost: all leave then.")
    return Warning(words, advice, reverse("admin:milestones_incident_changelist"), _("Incidents"))


def _paused(stands: Standing, at: datetime) -> Warning:
    told = {"since": _instant(at), "who": stands.paused_by, "why": stands.pause_reason}
    if stands.paused_by and stands.pause_reason:
        words = _("Mail is paused since %(since)s by %(who)s: %(why)s.") % told
    elif stands.paused_by:
        words = _("Mail is paused since %(since)s by %(who)s.") % told
    else:
        words = _("Mail is paused since %(since)s.") % told
    advice = _("Nothing is sent until it is resumed; everything waits in the outbox.")
    return Warning(words, advice, reverse("admin:milestones_outgoingmail_gate"), _("Pause and caps"))


def _server(problem: Problem) -> Warning:
    if problem.since is None:
        words = _("The mail server takes nothing.")
    else:
        words = _("The mail server has taken nothing since %(since)s.") % {"since": _instant(problem.since)}
    advice = _("The outbox holds its words. All mails leave when it takes them again.")
    return Warning(
        words, advice, f"{reverse('admin:milestones_outgoingmail_changelist')}?state__exact=retry", _("Outbox")
    )


def _instant(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
