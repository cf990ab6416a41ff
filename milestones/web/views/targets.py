"""The targets of a plan: how do they stand, what has been read of one, and how does a reading come in?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from milestones import access
from milestones.errors import Conflict, DomainError, Forbidden
from milestones.models import Plan, Reading, Target
from milestones.targets import operations, recording
from milestones.targets.pasting import pasted
from milestones.targets.recording import NewReading
from milestones.web.forms.readings import PasteForm, ReadingForm
from milestones.web.moment import moment
from milestones.web.presenters.pasted import Preview, preview
from milestones.web.presenters.target import page
from milestones.web.presenters.targets import Asked, table
from milestones.web.reader import actor, reader

REFUSED, CONFLICT, FORBIDDEN = 422, 409, 403


@require_safe
@login_required
def targets(request: HttpRequest, plan: str) -> HttpResponse:
    """Filters and sort live in the address."""
    viewer, at = reader(request), moment(request)
    found = get_object_or_404(access.visible(Plan.objects.all(), viewer), code=plan)
    rows = found.targets.select_related("plan", "workstream", "lead").order_by("workstream__position", "code")
    shown = table(found, access.visible(rows, viewer), Asked.read(request.GET), at.today(found.zone))
    return render(request, "web/targets/list.html", {"plan": found, "table": shown})


@require_safe
@login_required
def target(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    return _page(request, _find(request, plan, code))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """A new reading, or with `?revises=` a correction; GET opens the page with the form."""
    found = _writable(request, plan, code)
    revised = _revised(request, found)
    form = ReadingForm(
        found, request.POST if request.method == "POST" else None, revised=revised, day=_last_month(request, found)
    )
    if request.method != "POST":
        return _page(request, found, form=form, revised=revised)
    if not form.is_valid():
        return _page(request, found, form=form, revised=revised, status=REFUSED)
    try:
        said = _record(request, found, form.cleaned_data, revised)
    except DomainError as error:
        form.refuse(error)
        return _page(request, found, form=form, revised=revised, status=_status(error))
    messages.success(request, said)
    return redirect("target", found.plan.code, found.code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paste(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    """The first POST shows what would become of each line, the second, with `sure`, records them all."""
    found = _writable(request, plan, code)
    form = PasteForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, found, paste=form)
    if not form.is_valid():
        return _page(request, found, paste=form, status=REFUSED)
    given = form.cleaned_data
    read = pasted(given["rows"], unit=found.unit, source=given["source"], provisional=given["provisional"])
    if "sure" in request.POST and not read.problems:
        try:
            return _recorded(request, found, read.rows)
        except DomainError as error:
            form.refuse(error)
    shown = preview(found, recording.foreseen(found, read.rows, now=moment(request).now), read.problems)
    status = REFUSED if form.errors or ("sure" in request.POST and shown.wrong) else 200
    return _page(request, found, paste=form, shown=shown, status=status)


def _record(request: HttpRequest, found: Target, given: dict[str, Any], revised: Reading | None) -> str:
    """A day that was read before is corrected, as a pasted line would."""
    how: Any = {"actor": actor(request), "now": moment(request).now}
    if revised is not None:
        operations.record_reading(found, **given, revises=revised, **how)
        return _("The reading is corrected; the earlier figure stays in the table, struck out.")
    done = operations.record_readings(found, [NewReading(**given)], **how)
    if not done.readings:
        return _("That day has this value already; nothing was recorded.")
    if done.readings[0].revises_id:
        return _("That day was read before: the reading is corrected, and the earlier figure stays, struck out.")
    return _("The reading is recorded.")


def _recorded(request: HttpRequest, found: Target, rows: list[NewReading]) -> HttpResponse:
    done = operations.record_readings(found, rows, actor=actor(request), now=moment(request).now)
    n = len(done.readings)
    said = ngettext("%(n)s reading is recorded.", "%(n)s readings are recorded.", n) % {"n": n}
    if done.unchanged:
        said += " " + _("%(n)s were there already.") % {"n": done.unchanged}
    messages.success(request, said)
    return redirect("target", found.plan.code, found.code)


def _page(
    request: HttpRequest,
    found: Target,
    *,
    form: ReadingForm | None = None,
    revised: Reading | None = None,
    paste: PasteForm | None = None,
    shown: Preview | None = None,
    status: int = 200,
) -> HttpResponse:
    view = page(found, actor(request), moment(request).today(found.plan.zone))
    context = {
        "page": view,
        "target": found,
        "plan": found.plan,
        "form": form,
        "revised": revised,
        "paste": paste,
        "preview": shown,
    }
    return render(request, "web/targets/target.html", context, status=status)


def _find(request: HttpRequest, plan: str, code: str) -> Target:
    """404 for what the reader may not see."""
    rows = access.visible(Target.objects.all(), reader(request)).select_related("plan", "workstream", "lead")
    return get_object_or_404(rows, plan__code=plan, code=code)


def _writable(request: HttpRequest, plan: str, code: str) -> Target:
    found = _find(request, plan, code)
    if not access.may(actor(request), "target.record", found):
        raise PermissionDenied
    return found


def _revised(request: HttpRequest, found: Target) -> Reading | None:
    asked = request.GET.get("revises")
    if not asked:
        return None
    try:
        return get_object_or_404(Reading, pk=asked, target=found)
    except ValidationError:
        raise Http404 from None


def _last_month(request: HttpRequest, found: Target) -> date:
    """Figures come out for whole months: the last day of the one before."""
    return moment(request).today(found.plan.zone).replace(day=1) - timedelta(days=1)


def _status(error: DomainError) -> int:
    return CONFLICT if isinstance(error, Conflict) else FORBIDDEN if isinstance(error, Forbidden) else REFUSED
