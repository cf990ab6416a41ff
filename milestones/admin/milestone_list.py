"""What stands around the list of milestones: what its rows sum up to, and the filters that somebody kept?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from milestones import access
from milestones.errors import DomainError
from milestones.ledger import keeping
from milestones.models import Milestone, SavedView, State

from .forms import act, person

PAGE = "admin:milestone"
NOT_KEPT = (PAGE_VAR, ERROR_FLAG)


@dataclass(frozen=True)
class Totals:
    """All rows of the list, however many pages it has. What is cancelled counts, but has no part in the share."""

    count: int
    total: int  # of their weights
    done: int
    counted: int
    unassigned: int

    @property
    def share(self) -> int | None:
        """Per cent of the weight that is completed, cut off; None when nothing counts."""
        return self.done * 100 // self.counted if self.counted else None


def totals(rows: QuerySet[Milestone]) -> Totals:
    """One query."""
    cancelled = Q(state=State.CANCELLED)
    found = rows.order_by().aggregate(
        count=Count("pk"),
        total=Sum("weight", default=0),
        done=Sum("weight", filter=Q(state=State.COMPLETED), default=0),
        counted=Sum("weight", filter=~cancelled, default=0),
        unassigned=Count("pk", filter=Q(accountable=None) & ~cancelled & ~Q(state=State.COMPLETED)),
    )
    return Totals(**found)


@dataclass(frozen=True)
class Kept:
    view: SavedView
    is_shown: bool
    is_own: bool


def kept(request: HttpRequest) -> list[Kept]:
    who, now = person(request), query_of(request)
    return [Kept(view, view.query == now, view.person_id == who.pk) for view in keeping.views(who, PAGE)]


def query_of(request: HttpRequest) -> str:
    """The filters, the search and the order that the list is shown with; the page is nobody's filter."""
    typed = request.GET.copy()
    for name in NOT_KEPT:
        typed.pop(name, None)
    return typed.urlencode()


# Keeping and dropping -----------------------------------------------------------------------------------------------
def urls(host: Any) -> list[URLPattern]:
    def page(view: Any) -> Any:
        return host.admin_site.admin_view(lambda request, **which: view(host, request, **which))

    return [
        path("views/", page(_keep), name="milestones_milestone_keep"),
        path("views/<uuid:pk>/drop/", page(_drop), name="milestones_milestone_drop"),
    ]


def _keep(host: Any, request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    query = QueryDict(request.POST.get("query", "")).urlencode()
    shared = request.POST.get("shared") == "on"
    try:
        view = keeping.save(request.POST.get("name", ""), query, page=PAGE, shared=shared, **act(request))
    except DomainError as refusal:
        host.message_user(request, str(refusal), messages.ERROR)
    else:
        host.message_user(request, _("The filters are kept as “%(name)s”.") % {"name": view.name}, messages.SUCCESS)
    return HttpResponseRedirect(f"{host.url('changelist')}?{query}")


def _drop(host: Any, request: HttpRequest, pk: UUID) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    view, actor = get_object_or_404(keeping.views(person(request), PAGE), pk=pk), act(request)["actor"]
    if not access.may(actor, "view.edit", view):
        raise PermissionDenied
    keeping.delete(view, actor=actor)
    host.message_user(request, _("“%(name)s” is no longer kept.") % {"name": view.name}, messages.SUCCESS)
    return HttpResponseRedirect(host.url("changelist"))
