"""Whose calendar shows which due dates, and how does the office end that? The address itself is its person's secret."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.feeds import operations
from milestones.models import CalendarFeed

from . import pages
from .filters import OneOfMany
from .forms import act
from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(CalendarFeed, site=site)
class CalendarFeedAdmin(ReadOnlyAdmin):
    list_display = ("person", "shown_plan", "created_at", "revoked_at")
    list_select_related = ("person", "plan")
    list_filter = (("person", OneOfMany), ("plan", OneOfMany), ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("person__display_name", "person__email", "plan__code")
    ordering = ("-created_at", "-id")
    fields = ("person", "plan", "created_at", "revoked_at")
    readonly_fields = fields
    change_form_template = "admin/lingang/feed.html"

    @admin.display(description=_("shows"))
    def shown_plan(self, obj: CalendarFeed) -> Any:
        return obj.plan or _("what concerns the person")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.revoke)
        return [path("<path:object_id>/do/revoke/", view, name="milestones_calendarfeed_revoke"), *super().get_urls()]

    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        feed = pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            feed,
            title=_("Revoke this calendar address?"),
            button=_("Revoke"),
            do=_revoke,
            done=_("Revoked; the address opens nothing any more."),
            allowed=access.may(act(request)["actor"], "feed.revoke", feed),
        )


def _revoke(feed: CalendarFeed, typed: dict[str, Any], how: dict[str, Any]) -> None:
    operations.revoke(feed, **typed, **how)
