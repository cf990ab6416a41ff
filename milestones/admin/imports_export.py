"""How does the office get the milestones or targets of its list as a file?"""

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

from milestones.exchange.excel import export, readings_export
from milestones.models import Target

from .forms import act

AT_ONCE = 5_000  # rows, for which somebody waits some seconds
TOO_MANY = _("More than %(most)s rows: narrow the list, or let the ledger make the file meanwhile.")


@admin.action(description=_("Export as Excel"))
def export_chosen(model_admin: Any, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponseBase:
    return answer(request, chosen, "xlsx")


def urls(model_admin: Any) -> list[URLPattern]:
    """The filtered list, in its order."""

    def view(request: HttpRequest, ending: str) -> HttpResponseBase:
        return answer(request, model_admin.get_changelist_instance(request).get_queryset(request), ending)

    guarded, of = model_admin.admin_site.admin_view(view), model_admin.opts.model_name
    return [
        path(f"export.{ending}", guarded, {"ending": ending}, name=f"milestones_{of}_export_{ending}")
        for ending in export.FORMATS
    ]


def answer(request: HttpRequest, rows: QuerySet[Any], ending: str) -> HttpResponseBase:
    """Of milestones or targets."""
    if rows[: AT_ONCE + 1].count() > AT_ONCE:
        messages.error(request, TOO_MANY % {"most": AT_ONCE})
        return HttpResponseRedirect(reverse(f"admin:milestones_{rows.model._meta.model_name}_changelist"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        name = _write(file, request, rows, ending)
        found = file.open("rb")  # stays readable when its name is gone
    return FileResponse(found, as_attachment=True, filename=name, content_type=export.MEDIA_TYPES[ending])


def _write(file: Path, request: HttpRequest, rows: QuerySet[Any], ending: str) -> str:
    how = act(request)
    language, today = get_language() or "en", timezone.localdate()
    if rows.model is Target:
        readings_export.write(file, rows, now=how["now"], language=language, ending=ending)
        return readings_export.name(today, ending)
    export.write(file, rows, viewer=how["actor"], language=language, ending=ending)
    return export.name(today, ending)
