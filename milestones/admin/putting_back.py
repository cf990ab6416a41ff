"""How does somebody put back what a change replaced? One page: what is so now, what would be so again, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from milestones import restoring
from milestones.changes import readable
from milestones.models import ChangeEntry

from . import pages
from .fields import ReasonField


@dataclass(frozen=True)
class Shown:
    """A change of the history page; `back` leads to putting all of it back, each row to one value of it."""

    change: readable.Change
    rows: list[tuple[readable.Difference, str]]
    back: str = ""


def shown(admin: Any, obj: Any, change: readable.Change, *, may: bool) -> Shown:
    entry = change.entry
    is_own = may and entry.object_id == obj.pk and entry.entity == admin.opts.model_name
    open_to = restoring.restorable(entry) if is_own else []
    url = admin.url("put_back", obj.pk, entry.pk) if open_to else ""
    rows = [(one, f"{url}?value={one.name}" if one.name in open_to else "") for one in change.differences]
    return Shown(change, rows, url if sum(bool(link) for _one, link in rows) > 1 else "")


def urls(host: Any) -> list[URLPattern]:
    if host.opts.model_name not in restoring.WAYS:
        return []

    def view(request: HttpRequest, object_id: str, entry: int) -> HttpResponse:
        return page(host, request, object_id, entry)

    name = f"{host.opts.app_label}_{host.opts.model_name}_put_back"
    return [path("<path:object_id>/history/<int:entry>/", host.admin_site.admin_view(view), name=name)]


def page(admin: Any, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
    obj = pages.found(admin, request, object_id)
    entry = ChangeEntry.objects.of(obj).filter(pk=number).first()
    if entry is None or not (names := restoring.restorable(entry)):
        raise Http404
    differences = restoring.comparison(obj, entry, names)
    (change,) = readable.read([entry])
    return pages.ask(
        admin,
        request,
        obj,
        title=_("Put back"),
        button=_("Put back"),
        do=lambda one, typed, act: _do(admin, one, entry, typed, act),
        allowed=admin.has_change_permission(request, obj),
        done=_("Put back; this is a new change of the history."),
        form_class=_form(entry, differences, request.GET.getlist("value")),
        template="admin/lingang/put_back.html",
        shown={"change": change, "differences": differences},
    )


def _do(admin: Any, obj: Any, entry: ChangeEntry, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
    restoring.put_back(obj, entry, typed["names"], reason=typed.get("reason", ""), version=typed["version"], **act)
    return HttpResponseRedirect(admin.url("history", obj.pk))


def _form(entry: ChangeEntry, differences: Any, chosen: list[str]) -> type[forms.Form]:
    """The values that differ, those chosen that were clicked, and a reason where the verb keeps one."""
    empty = _("(empty)")
    choices = [(name, f"{one.label}: {one.old or empty} → {one.new or empty}") for name, one in differences.items()]
    fields: dict[str, Any] = {
        "names": forms.MultipleChoiceField(
            choices=choices,
            initial=[name for name in chosen if name in differences] or list(differences),
            label=_("values"),
            widget=forms.CheckboxSelectMultiple,
        )
    }
    if restoring.WAYS[entry.entity].says_why:
        fields["reason"] = ReasonField()
    return type("PutBackForm", (pages.Ask,), fields)
