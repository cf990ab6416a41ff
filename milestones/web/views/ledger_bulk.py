"""Many milestones at once: choose, say what, look at each row as it would be, then do it."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from milestones import access, tasks
from milestones.bulk import acts, doing, work
from milestones.bulk.acts import Act
from milestones.bulk.doing import NEAR, Line
from milestones.errors import DomainError
from milestones.jobs import queue
from milestones.ledger import rows as rows_of
from milestones.ledger.query import Query
from milestones.models import Milestone
from milestones.web.forms.ledger import FORMS
from milestones.web.moment import moment
from milestones.web.presenters.ledger_bulk import MOST, SAMPLE, SHORT, Page
from milestones.web.reader import actor, reader
from milestones.web.views.ledger import address

CHOSEN = re.compile(r"([0-9a-f-]{36}):(\d{1,9})")
REFUSED = 422


@require_POST
@login_required
def bulk(request: HttpRequest) -> HttpResponse:
    """`step` says which button brought us here: none of the page's own yet, look, or apply."""
    if not access.acts_on_many(reader(request)):
        raise PermissionDenied
    act = acts.ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    versions, step = _versions(request), request.POST.get("step", "")
    if not versions:
        messages.warning(request, str(Page.NOTHING))
        return HttpResponseRedirect(_back(request))
    form = FORMS[act.name](request.POST if step else None)
    rows = _rows(request, list(versions)[:SHORT] if len(versions) <= SHORT else list(versions)[:SAMPLE])
    if not step or not form.is_valid():
        lines = doing.untouched(act, rows)
        return _show(request, act, form, versions, lines, status=REFUSED if step else 200)
    how = {"actor": actor(request), "now": moment(request).now}
    lines = doing.look_ahead(act, rows, versions, form.cleaned_data, how)
    if step != "apply":
        return _show(request, act, form, versions, lines, looked=True)
    if len(versions) > SHORT:
        return _later(request, act, form, versions)
    return _now(request, act, form, versions, lines)


def _now(request: HttpRequest, act: Act, form: Any, versions: dict[str, int], lines: list[Line]) -> HttpResponse:
    """Those that can be, in one transaction; the others were told with their reasons before."""
    able = {line.milestone.pk for line in lines if not line.refusal}
    rows = [row for row in _rows(request, list(versions)) if row.pk in able]  # afresh: the look ahead touched them
    if not rows:
        return _show(request, act, form, versions, lines, looked=True, status=REFUSED)
    how = {"actor": actor(request), "now": moment(request).now}
    try:
        count = doing.apply(act, rows, versions, form.cleaned_data, how)
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(request, act, form, versions, lines, looked=True, status=REFUSED)
    messages.success(request, act.done(count) % {"count": count})
    return HttpResponseRedirect(_back(request))


def _later(request: HttpRequest, act: Act, form: Any, versions: dict[str, int]) -> HttpResponse:
    params = {"act": act.name, "typed": acts.stored(form.cleaned_data), "rows": versions, "url": _back(request)}
    job = queue.ask(work.KIND, params, person=reader(request), now=moment(request).now, total=len(versions))
    tasks.nudge_job(job)
    return redirect("job", job.pk)


def _versions(request: HttpRequest) -> dict[str, int]:
    """What was chosen, in the versions that were looked at; all rows of the address when that was ticked."""
    if "all" in request.POST and "step" not in request.POST:
        found = rows_of(actor(request), _query(request), moment(request).today())
        return {str(pk): version for pk, version in found.values_list("pk", "version")[:MOST]}
    told = " ".join(request.POST.getlist("row"))
    return {pk: int(version) for pk, version in CHOSEN.findall(told)[:MOST]}


def _rows(request: HttpRequest, ids: list[str]) -> list[Milestone]:
    """In the order of the ledger; what may not be seen is left out."""
    found = access.visible(Milestone.objects.filter(pk__in=ids), actor(request)).select_related(*NEAR)
    by_id = {str(row.pk): row for row in found}
    return [by_id[pk] for pk in ids if pk in by_id]


def _query(request: HttpRequest) -> str:
    return Query.of(QueryDict(request.POST.get("query", ""))).text(paged=False)


def _back(request: HttpRequest) -> str:
    return address(_query(request))


def _show(
    request: HttpRequest,
    act: Act,
    form: Any,
    versions: dict[str, int],
    lines: list[Line],
    *,
    looked: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = Page(act, form, versions, lines, looked=looked, back=_back(request), query=_query(request))
    return render(request, "web/ledger/bulk.html", {"page": page}, status=status)
