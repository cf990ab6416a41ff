"""A report: the form, the draft that saves itself, photos, and what is kept when something is refused.

One address; the button says what is meant (`do`): submit, draft (saved, and come back), autosave (htmx, in the
background), photo (attached at once). What was typed is never lost: it stands on the page again, and all of it that may
be kept is in the draft.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden, StateConflict
from milestones.marking import Classified
from milestones.status_reports import queries, rules
from milestones.status_reports.drafts import Gone, OtherWindow
from milestones.web.filing import Filing
from milestones.web.forms.reporting import ReportForm
from milestones.web.presenters.conflicts import Problem, other_window
from milestones.web.presenters.report_page import Refusal, around, recent_photos, refusal
from milestones.web.reader import actor
from milestones.web.views.milestones import find

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@dataclass(frozen=True)
class Shown:
    """What the page tells besides the form."""

    status: int = 200
    problem: Problem | None = None
    refusal: Refusal | None = None
    photo_errors: list[str] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    found = find(request, plan, code)
    if not access.may(actor(request), "report.submit", found):
        raise PermissionDenied
    filing = Filing(request, found)
    if request.method != "POST":
        return _closed(filing) or _page(filing, filing.form(), Shown())
    meant = request.POST.get("do", "submit")
    if meant == "autosave":
        return _autosave(filing)
    wrong = [*filing.attach(), *_removed(filing)]
    if meant == "photo" and request.headers.get("HX-Request"):
        return _photos(filing, wrong)
    return _submit(filing, wrong) if meant == "submit" and "remove" not in request.POST else _save(filing, wrong)


def _closed(filing: Filing) -> HttpResponse | None:
    """Where no report can be sent, none is begun: the milestone's page says why."""
    try:
        rules.check_open(queries.about(filing.milestone, filing.at.now))
    except StateConflict as error:
        messages.error(filing.request, str(error))
        return redirect("milestone", filing.milestone.plan.code, filing.milestone.code)
    return None


def _submit(filing: Filing, wrong: list[str]) -> HttpResponse:
    typed = filing.typed()
    form = filing.form(typed)
    if not form.is_valid() or wrong:
        return _page(filing, form, Shown(REFUSED, photo_errors=wrong))
    try:
        filing.submit(form.said(), typed)
    except Classified:
        return _classified(filing, typed, form)
    except DomainError as error:
        return _refused(filing, typed, form, error)
    messages.success(filing.request, _("The report is filed."))
    return redirect("milestone", filing.milestone.plan.code, filing.milestone.code)


def _save(filing: Filing, wrong: list[str]) -> HttpResponse:
    """By hand: the draft is kept and the page comes back."""
    typed = filing.typed()
    form = filing.form(typed)
    form.is_valid()
    values, marked = form.readable()
    if marked:
        return _classified(filing, typed, form)
    try:
        filing.write(values, typed)
    except DomainError as error:
        return _refused(filing, typed, form, error)
    for said in wrong:
        messages.error(filing.request, said)
    messages.success(filing.request, _("The draft is saved; only you see it."))
    return redirect("milestone_report", filing.milestone.plan.code, filing.milestone.code)


def _autosave(filing: Filing) -> HttpResponse:
    """A line that says when it was saved, or why not, and the version that the next one goes on from."""
    form = filing.form(filing.request.POST)
    form.is_valid()
    values, marked = form.readable()
    said: dict[str, Any] = {"marked": [form.fields[name].label for name in marked]}
    try:
        said["version"] = filing.write(values, filing.request.POST).version
    except DomainError as error:
        said["error"] = str(error)
    said = {"version": "", "error": "", "at": filing.at.now, **said}
    return render(filing.request, "web/reports/saved.html", said)


def _photos(filing: Filing, wrong: list[str]) -> HttpResponse:
    photos = recent_photos(filing.milestone, filing.actor, filing.at.now)
    return render(filing.request, "web/reports/photos.html", {"photos": photos, "photo_errors": wrong})


def _removed(filing: Filing) -> list[str]:
    """What is wrong with taking back the photo whose button was pressed."""
    photos = recent_photos(filing.milestone, filing.actor, filing.at.now)
    found = [one.row for one in photos if str(one.row.pk) == filing.request.POST.get("remove")]
    try:
        for piece in found:
            filing.remove(piece)
    except DomainError as error:
        return [str(error)]
    return []


def _classified(filing: Filing, typed: QueryDict, form: ReportForm) -> HttpResponse:
    """All but the sentences with a marking goes into the draft; on the page stands what was typed."""
    values, marked = form.readable()
    data, kept_at = typed.copy(), ""
    try:
        data["version"] = str(filing.write(values, typed).version)
        kept_at = f"{timezone.localtime(filing.at.now):%H:%M}"
    except DomainError:  # nothing could be kept but what stands on the page
        pass
    again = filing.form(data)
    again.is_valid()
    told = refusal(again, marked, kept_at)
    for name in marked:
        again.add_error(name, _("A classification marking stands here; delete it, or say it so that all may read it."))
    return _page(filing, again, Shown(REFUSED, refusal=told))


def _refused(filing: Filing, typed: QueryDict, form: ReportForm, error: DomainError) -> HttpResponse:
    """Another window may have saved the draft meanwhile: then both are shown, field by field."""
    if isinstance(error, Gone):
        data = typed.copy()
        data["version"] = ""
        form = filing.form(data)
        form.is_valid()
    elif isinstance(error, OtherWindow):
        return _met(filing, typed, error)
    form.refuse(error)
    status = CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
    return _page(filing, form, Shown(status))


def _met(filing: Filing, typed: QueryDict, error: OtherWindow) -> HttpResponse:
    merged, met = filing.merged(typed)
    told = other_window(error, met)
    form = filing.form(merged)
    form.is_valid()
    return _page(filing, form, Shown(CONFLICT, told))


def _page(filing: Filing, form: ReportForm, shown: Shown) -> HttpResponse:
    found, photos = filing.milestone, recent_photos(filing.milestone, filing.actor, filing.at.now)
    context = {
        "form": form,
        "shown": shown,
        "problem": shown.problem,
        "milestone": found,
        "plan": found.plan,
        "around": around(found, filing.actor, filing.at),
        "draft": filing.draft(),
        "photos": photos,
        "photo_errors": shown.photo_errors,
    }
    return render(filing.request, "web/reports/report.html", context, status=shown.status)
