"""What waits for the office today? Each number leads to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from milestones.clients import activity
from milestones.models import (
    Extension,
    ExtensionState,
    Happening,
    Incident,
    MailState,
    Milestone,
    Notice,
    OutgoingMail,
    Person,
    Plan,
    ReportState,
    State,
    StatusReport,
)
from milestones.people import sign_ins
from milestones.planning.calendars import calendar

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Matter:
    """One line of the index: how many, of what, where the rows are; `urgent` when it should be looked at today."""

    count: int
    words: str
    url: str
    urgent: bool = False


def context() -> dict[str, Any]:
    today = timezone.localdate()
    return {"matters": matters(today), "plans": _plans(today), "provisional": provisional_years(today)}


def matters(today: date) -> list[Matter]:
    counts = (
        Milestone.objects.open()
        .in_active_plans()
        .aggregate(
            unassigned=Count("pk", filter=Q(accountable__isnull=True)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            submitted=Count("pk", filter=Q(state=State.SUBMITTED)),
        )
    )
    mails = OutgoingMail.objects.aggregate(
        failed=Count("pk", filter=Q(state=MailState.FAILED)), retry=Count("pk", filter=Q(state=MailState.RETRY))
    )
    return [
        _unassigned(counts["unassigned"]),
        _overdue(counts["overdue"]),
        _submitted(counts["submitted"]),
        _asked(),
        _reported(),
        _unanswered(today),
        _failed(mails["failed"]),
        _retry(mails["retry"]),
        _unreachable(),
        _incidents(today),
        _locked_out(today),
        _silent(),
    ]


def provisional_years(today: date) -> list[int]:
    """This and the next year, where no make-up days are published yet."""
    published = calendar()
    return [year for year in (today.year, today.year + 1) if published.is_provisional(year)]


def _unassigned(count: int) -> Matter:
    words = ngettext("milestone has no owner", "milestones have no owner", count)
    return Matter(count, words, _list("milestone", unassigned="yes", plan__state__exact="active"), count > 0)


def _silent() -> Matter:
    count = len(activity.silent(timezone.now()))
    words = ngettext("other system is silent", "other systems are silent", count)
    return Matter(count, words, _list("apiclient", silent="yes"), count > 0)


def _overdue(count: int) -> Matter:
    words = ngettext("milestone is overdue", "milestones are overdue", count)
    return Matter(count, words, _list("milestone", overdue="yes", plan__state__exact="active"), count > 0)


def _submitted(count: int) -> Matter:
    words = ngettext("milestone waits for verification", "milestones wait for verification", count)
    return Matter(count, words, _list("milestone", state__exact="submitted", plan__state__exact="active"))


def _asked() -> Matter:
    count = Extension.objects.filter(state=ExtensionState.REQUESTED).count()
    words = ngettext(
        "request for a later date waits for a decision", "requests for a later date wait for a decision", count
    )
    return Matter(count, words, _list("extension", state__exact="requested"), count > 0)


def _reported() -> Matter:
    count = StatusReport.objects.filter(state=ReportState.SUBMITTED).count()
    words = ngettext("progress report waits to be looked through", "progress reports wait to be looked through", count)
    return Matter(count, words, _list("statusreport", state__exact="submitted"))


def _unanswered(today: date) -> Matter:
    count = Notice.objects.open().filter(respond_by__lt=today).count()
    words = ngettext("notice is not answered in time", "notices are not answered in time", count)
    return Matter(count, words, _list("notice", late="yes"), count > 0)


def _failed(count: int) -> Matter:
    words = ngettext("mail failed", "mails failed", count)
    return Matter(count, words, _list("outgoingmail", state__exact="failed"), count > 0)


def _retry(count: int) -> Matter:
    words = ngettext("mail waits to be tried again", "mails wait to be tried again", count)
    return Matter(count, words, _list("outgoingmail", state__exact="retry"))


def _unreachable() -> Matter:
    count = Person.objects.active().filter(bouncing_since__isnull=False).count()
    words = ngettext("person's address returns mail", "people's addresses return mail", count)
    return Matter(count, words, _list("person", bouncing="yes"), count > 0)


def _incidents(today: date) -> Matter:
    """Those of the last thirty days; one that goes on stands above every page as well."""
    first = today - LATELY
    count = Incident.objects.filter(opened_at__date__gte=first).count()
    words = ngettext("time in 30 days reminders did not leave", "times in 30 days reminders did not leave", count)
    return Matter(count, words, _list("incident", opened_at__date__gte=first.isoformat()), count > 0)


def _locked_out(today: date) -> Matter:
    """Since yesterday: whoever mistyped is let in again by itself, but somebody may be guessing."""
    first = today - timedelta(days=1)
    count = sign_ins.locked_out_since(timezone.make_aware(datetime.combine(first, time.min)))
    words = ngettext(
        "account or address was locked out since yesterday",
        "accounts or addresses were locked out since yesterday",
        count,
    )
    url = _list("signin", happening__exact=Happening.LOCKED_OUT, at__date__gte=first.isoformat())
    return Matter(count, words, url, count > 0)


def _plans(today: date) -> list[dict[str, Any]]:
    """The plans that run or are being prepared, with how far they are."""
    rows = (
        Plan.objects.exclude(state="closed")
        .current_first()
        .annotate(
            total=Count("milestones", filter=~Q(milestones__state=State.CANCELLED)),
            done=Count("milestones", filter=Q(milestones__state=State.COMPLETED)),
        )
    )
    return [
        {
            "plan": plan,
            "words": _("%(done)s of %(total)s completed") % {"done": plan.done, "total": plan.total},
            "url": _list("milestone", plan__id__exact=plan.pk),
        }
        for plan in rows[:12]
    ]


def _list(model: str, **filters: Any) -> str:
    return f"{reverse(f'admin:milestones_{model}_changelist')}?{urlencode(filters)}"
