"""Who came in, who was kept out, and from where? With the list as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.models import SignIn
from milestones.people.sign_in_words import device, methods

from .filters import Between, OneOfMany
from .readonly import ReadOnlyAdmin
from .site import site

AT_ONCE = 2000
TITLES = (
    *(_("When"), _("person"), _("e-mail"), _("organisation"), _("typed"), _("what happened")),
    *(_("by"), _("from address"), _("browser")),
)


@admin.register(SignIn, site=site)
class SignInAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # of rows without end
    list_display = ("at", "who", "happening", "by", "address", "browser")
    list_select_related = ("person__organisation",)
    list_filter = ("happening", ("at", Between), ("person", OneOfMany))
    search_fields = ("address", "person__display_name", "person__email", "typed")
    search_help_text = _("name, e-mail, address")
    ordering = ("-id",)
    fields = ("at", "who", "happening", "by", "done_by", "address", "browser", "agent")
    readonly_fields = fields
    change_list_template = "admin/lingang/sign_ins.html"

    @admin.display(description=_("person"), ordering="person__display_name")
    def who(self, obj: SignIn) -> str:
        """What was typed where no account has it, masked."""
        return str(obj.person) if obj.person else obj.typed or "–"

    @admin.display(description=_("by"), ordering="method")
    def by(self, obj: SignIn) -> str:
        return methods(obj.method) or "–"

    @admin.display(description=_("browser"), ordering="agent")
    def browser(self, obj: SignIn) -> str:
        return device(obj.agent)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="milestones_signin_export"), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The rows that the filters leave, in the order of the list, as CSV that a spreadsheet opens."""
        rows = self.get_changelist_instance(request).get_queryset(request)
        pieces = _lines(rows.select_related("person__organisation").iterator(chunk_size=AT_ONCE))
        response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
        name = f"sign-ins-{timezone.localdate():%Y%m%d}.csv"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store"
        return response


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(rows: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # or spreadsheets take it for another encoding
    yield writer.writerow([str(title) for title in TITLES])
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in _cells(row)])


def _cells(row: SignIn) -> list[str]:
    at, person = timezone.localtime(row.at), row.person
    unit = str(person.organisation or "") if person else ""
    whose = [person.display_name, person.email, unit] if person else ["", "", ""]
    said = [row.typed, row.get_happening_display(), methods(row.method), row.address, row.agent]
    return [at.isoformat(timespec="seconds"), *whose, *said]


def _harmless(cell: str) -> str:
    """A spreadsheet would reckon with what begins like a formula; browsers' names are written by whoever comes."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
