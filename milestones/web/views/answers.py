"""Signing for something, reporting and asking for a later date, straight from a mail.

No session, no cookie: whoever holds the address acts for whom it was made. So a forged request could not do anything
that its sender could not do openly, and no token against forgery is asked for (docs/decisions/0050).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from milestones import links
from milestones.answering import opening, operations
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.links import Link
from milestones.models import Milestone, Notice
from milestones.status_reports import operations as reports
from milestones.status_reports import queries
from milestones.web.forms.answers import ExtensionForm, ReceiveForm, SignForm
from milestones.web.forms.refusing import RefusingForm
from milestones.web.forms.reporting import ReportForm
from milestones.web.moment import Moment, moment
from milestones.web.presenters.notice import sheet
from milestones.web.presenters.report_page import around
from milestones.web.views.links import done, signed

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@dataclass(frozen=True)
class Answer:
    """`opened` finds what the link is about, or says why it is void; `perform` is one domain call."""

    template: str
    opened: Callable[..., Any]
    form: Callable[[Link, Any, Moment, Any], RefusingForm]
    perform: Callable[[Link, Any, Any, Moment], object]
    more: Callable[[Link, Any, Moment], dict[str, Any]]


def _report_form(link: Link, milestone: Milestone, at: Moment, data: Any) -> RefusingForm:
    draft = reports.begun(milestone, opening.actor(link, at.now))
    today = at.today(milestone.plan.zone)
    return ReportForm.of(milestone, today, draft, queries.last_before(milestone, today), data)


def _report(link: Link, milestone: Milestone, form: Any, at: Moment) -> None:
    photos = form.files.getlist("photo") if form.files else []
    operations.report(link, milestone, form.said(), photos=photos, draft=form.cleaned_data["version"] or 0, now=at.now)


def _extension_form(link: Link, milestone: Milestone, at: Moment, data: Any) -> RefusingForm:
    last = queries.last_before(milestone, at.today(milestone.plan.zone))
    return ExtensionForm(data, initial={"progress": last.progress if last else 0})


def _ask_for_time(link: Link, milestone: Milestone, form: Any, at: Moment) -> None:
    operations.ask_for_time(link, milestone, **form.cleaned_data, now=at.now)


def _sign(link: Link, notice: Notice, form: Any, at: Moment) -> None:
    given = form.cleaned_data
    operations.sign(link, notice, reply=given["reply"], version=given["version"], now=at.now)


def _of_milestone(link: Link, milestone: Milestone, at: Moment) -> dict[str, Any]:
    absent = opening.actor(link, at.now).stands_in_for
    return {
        "milestone": milestone,
        "last": queries.last_before(milestone, at.today(milestone.plan.zone)),
        "overdue": max(0, at.calendar.count(milestone.due_on, at.today(milestone.plan.zone))),
        "absent": milestone.accountable if milestone.accountable in absent else None,
    }


def _with_another(action: str) -> Callable[[Link, Milestone, Moment], dict[str, Any]]:
    """What the page offers instead: the same mail opens it too."""

    def more(link: Link, milestone: Milestone, at: Moment) -> dict[str, Any]:
        opens = action in links.actions_of(link.mail)
        token = links.sign(link.mail, action, milestone.pk) if opens else ""
        return _of_milestone(link, milestone, at) | {"instead": token}

    return more


def _around_report(link: Link, milestone: Milestone, at: Moment) -> dict[str, Any]:
    more = _with_another("extension")(link, milestone, at)
    return more | {"around": around(milestone, opening.actor(link, at.now), at)}


def _sign_form(link: Link, notice: Notice, at: Moment, data: Any) -> RefusingForm:
    return SignForm(notice, data)


def _of_notice(link: Link, notice: Notice, at: Moment) -> dict[str, Any]:
    return {"notice": notice, "sheet": sheet(notice, at)}


def _receive_form(link: Link, milestone: Milestone, at: Moment, data: Any) -> RefusingForm:
    return ReceiveForm(data)


def _receive(link: Link, milestone: Milestone, form: Any, at: Moment) -> None:
    operations.receive(link, milestone, now=at.now)


FOLDER = "web/links"
REPORT = Answer(f"{FOLDER}/report.html", opening.to_report, _report_form, _report, _around_report)
TIME = Answer(f"{FOLDER}/extension.html", opening.to_extend, _extension_form, _ask_for_time, _with_another("report"))
SIGN = Answer(f"{FOLDER}/sign.html", opening.to_sign, _sign_form, _sign, _of_notice)
RECEIVE = Answer(f"{FOLDER}/receive.html", opening.to_receive, _receive_form, _receive, _of_milestone)


@csrf_exempt  # the token in the address is the authority
@require_http_methods(["GET", "HEAD", "POST"])
@signed("report")
def report(request: HttpRequest, link: Link) -> HttpResponse:
    return _answer(request, link, REPORT)


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
@signed("extension")
def extension(request: HttpRequest, link: Link) -> HttpResponse:
    return _answer(request, link, TIME)


@csrf_exempt  # the same
@require_http_methods(["GET", "HEAD", "POST"])
@signed("sign")
def sign(request: HttpRequest, link: Link) -> HttpResponse:
    return _answer(request, link, SIGN if opening.is_about_a_notice(link) else RECEIVE)


def _answer(request: HttpRequest, link: Link, answer: Answer) -> HttpResponse:
    at = moment(request)
    about = answer.opened(link, at.now)
    if request.method != "POST":
        return _page(request, link, answer, about, answer.form(link, about, at, None))
    form = answer.form(link, about, at, request.POST)
    form.files = request.FILES
    if not form.is_valid():
        return _page(request, link, answer, about, form, status=REFUSED)
    try:
        answer.perform(link, about, form, at)
    except links.LinkVoid:
        raise
    except DomainError as refusal:
        return _refused(request, link, answer, refusal)
    return done(request, link, at.now)


def _refused(request: HttpRequest, link: Link, answer: Answer, refusal: DomainError) -> HttpResponse:
    """The page as it is now, with what was typed: a second press is meant for what it shows."""
    at, typed = moment(request), request.POST.copy()
    about = answer.opened(link, at.now)
    present = answer.form(link, about, at, None).initial.get("version")
    if "version" in typed:
        typed["version"] = str(present or "")
    form = answer.form(link, about, at, typed)
    form.is_valid()
    form.refuse(refusal)
    status = CONFLICT if isinstance(refusal, Conflict) else FORBIDDEN if isinstance(refusal, Forbidden) else REFUSED
    return _page(request, link, answer, about, form, status=status)


def _page(
    request: HttpRequest, link: Link, answer: Answer, about: Any, form: RefusingForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "person": opening.person(link), **answer.more(link, about, moment(request))}
    return render(request, answer.template, context, status=status)
