"""Who changed this object, when, by which way in, why, and from what to what?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from milestones.changes import readable

from . import putting_back

SHOWN = 200  # the newest; an object changed more often has older entries in the list of changes


def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The newest first. `admin.history_of` says which entries an object's page shows."""
    obj = admin.get_object(request, object_id)
    if obj is None:
        raise Http404
    if not admin.has_view_permission(request, obj):
        raise PermissionDenied
    entries = admin.history_of(request, obj)
    newest = list(entries.order_by("-id")[:SHOWN])
    changes, may = readable.read(newest), admin.has_change_permission(request, obj)
    context = {
        **admin.admin_site.each_context(request),
        "title": _("History: %s") % obj,
        "subtitle": None,
        "changes": changes,
        "shown": [putting_back.shown(admin, obj, change, may=may) for change in changes],
        "older": max(0, entries.count() - len(newest)),
        "object": obj,
        "media": admin.media,
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/lingang/history.html", context)
