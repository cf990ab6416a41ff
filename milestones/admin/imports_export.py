"""How does the office get the milestones of its list as a file?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from milestones.exchange.excel import export
from milestones.models import Milestone

from .forms import act

AT_ONCE = 5_000  # rows, for which somebody waits some seconds
TOO_MANY = _("More than %(most)s milestones: narrow the list, or let the ledger make the file meanwhile.")


@admin.action(description=_("Export as Excel"))
def export_chosen(model_admin: Any, request: HttpRequest, chosen: QuerySet[Milestone]) -> HttpResponseBase:
    return answer(request, chosen, "xlsx")


def urls(model_admin: Any) -> list[URLPattern]:
    """The filtered list, in its order."""

    def view(request: HttpRequest, ending: str) -> HttpResponseBase:
        return answer(request, model_admin.get_changelist_instance(request).get_queryset(request), ending)

    guarded = model_admin.admin_site.admin_view(view)
    return [
        path(f"export.{ending}", guarded, {"ending": ending}, name=f"milestones_milestone_export_{ending}")
        for ending in export.FORMATS
    ]


def answer(request: HttpRequest, rows: QuerySet[Milestone], ending: str) -> HttpResponseBase:
    if rows[: AT_ONCE + 1].count() > AT_ONCE:
        messages.error(request, TOO_MANY % {"most": AT_ONCE})
        return HttpResponseRedirect(reverse("admin:milestones_milestone_changelist"))
    viewer = act(request)["actor"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        export.write(file, rows, viewer=viewer, language=get_language() or "en", ending=ending)
        found = file.open("rb")  # stays readable when its name is gone
    name = export.name(timezone.localdate(), ending)
    return FileResponse(found, as_attachment=True, filename=name, content_type=export.MEDIA_TYPES[ending])
