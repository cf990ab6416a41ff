"""The ledger: every milestone in one table, as its address says; its export and its views."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from milestones import access, tasks
from milestones.actors import Actor
from milestones.errors import DomainError
from milestones.jobs import queue
from milestones.ledger import keeping, typed
from milestones.ledger.query import Query
from milestones.ledger.selecting import read_id
from milestones.models import Milestone
from milestones.web.moment import moment
from milestones.web.presenters import owners as naming
from milestones.web.presenters.ledger import ledger as shown
from milestones.web.presenters.ledger import none_found
from milestones.web.presenters.saved_views import tabs
from milestones.web.reader import actor, plans, reader


@require_safe
@login_required
def ledger(request: HttpRequest) -> HttpResponse:
    """All of the page; of an answer to htmx the browser takes what it asked for, and keeps the canonical address."""
    query = typed.understood(Query.of(request.GET), moment(request).today())
    query, owners = naming.picked(query, request.GET)
    page = shown(query, reader(request), moment(request), plans(request))
    context = {
        "page": page,
        "owners": owners,
        "nothing": [] if page.rows else none_found(page),
        "tabs": tabs(query, actor(request), moment(request).today()),
        "may_share": access.may(actor(request), "view.share"),
        "may_act": access.acts_on_many(reader(request)),
    }
    response = render(request, "web/ledger/ledger.html", context)
    if request.headers.get("HX-Request"):
        response["HX-Push-Url"] = address(query.text())
    return response


@require_safe
@login_required
def counts(request: HttpRequest) -> HttpResponse:
    """The tabs with their numbers, which the page asks for once it stands."""
    context = {"tabs": tabs(Query.of(request.GET), actor(request), moment(request).today(), counted=plans(request))}
    return render(request, "web/ledger/tabs.html", context)


@require_safe
@login_required
def owners(request: HttpRequest) -> HttpResponse:
    """The list to choose from, while a name is typed."""
    return render(request, "web/ledger/owners.html", {"owners": naming.suggested(request.GET)})


@require_POST
@login_required
def export(request: HttpRequest) -> HttpResponseRedirect:
    """All rows of the address, or those that were chosen, as a file made by long work."""
    query = Query.of(QueryDict(request.POST.get("query", "")))
    if ids := [pk for row in request.POST.getlist("row") if (pk := read_id(row.partition(":")[0]))]:
        query = _of(ids, query, actor(request))
    text = query.text(paged=False)
    job = queue.ask("ledger_export", {"query": text}, person=reader(request), now=moment(request).now)
    tasks.nudge_job(job)
    return redirect("job", job.pk)


@require_POST
@login_required
def save_view(request: HttpRequest) -> HttpResponseRedirect:
    text = Query.of(QueryDict(request.POST.get("query", ""))).text(paged=False)
    name, shared = request.POST.get("name", ""), bool(request.POST.get("shared"))
    try:
        view = keeping.save(name, text, shared=shared, actor=actor(request), now=moment(request).now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return HttpResponseRedirect(address(text))


@require_POST
@login_required
def change_view(request: HttpRequest, view: uuid.UUID) -> HttpResponseRedirect:
    """Renamed, or deleted when that button was pressed."""
    found = get_object_or_404(keeping.views(reader(request)), pk=view)
    try:
        if "delete" in request.POST:
            keeping.delete(found, actor=actor(request))
        else:
            keeping.rename(found, request.POST.get("name", ""), actor=actor(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(address(found.query))


def _of(ids: list[uuid.UUID], query: Query, viewer: Actor) -> Query:
    """Those rows alone, in the order and with the columns of the page."""
    rows = access.visible(Milestone.objects.filter(pk__any_of=ids), viewer).order_by("plan__code", "code")
    plans, codes = zip(*rows.values_list("plan__code", "code"), strict=True)
    return Query(plan=tuple(dict.fromkeys(plans)), code=codes, order=query.order, columns=query.columns)


def address(query: str) -> str:
    return f"{reverse('ledger')}?{query}" if query else reverse("ledger")
