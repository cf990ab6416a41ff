"""Who changed this object, when, by which way in, why, and from what to what?"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from milestones.changes import readable
from milestones.models import ChangeEntry

SHOWN = 200  # the newest; an object changed more often has older entries in the list of changes


def page(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    obj = admin.get_object(request, object_id)
    if obj is None:
        raise Http404
    if not admin.has_view_permission(request, obj):
        raise PermissionDenied
    changes = readable.read(list(ChangeEntry.objects.of(obj)))
    context = {
        **admin.admin_site.each_context(request),
        "title": _("History: %s") % obj,
        "subtitle": None,
        "changes": changes[::-1][:SHOWN],
        "older": max(0, len(changes) - SHOWN),
        "object": obj,
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/lingang/history.html", context)
