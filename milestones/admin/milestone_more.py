"""Which pages hang on a milestone's page beside its own steps: a notice, a comment, watchers, a health, a clone?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, PlanState

from . import cloning, overrides
from .comments import CommentRows, WatchRows, comment_page, watch_page
from .dependencies import WaitedFor, WaitsFor
from .notice_issuing import NoticeRows, issue_page

ROWS = (WaitsFor, WaitedFor, overrides.OverrideRows, NoticeRows, CommentRows, WatchRows)
PAGES = {
    "notice": issue_page,
    "comment": comment_page,
    "watch": watch_page,
    "health": overrides.page,
    "clone": cloning.page,
}
LABELS = {
    "notice": _("Issue notice"),
    "comment": _("Comment"),
    "watch": _("Watchers"),
    "health": _("Health by hand"),
    "clone": _("Clone"),
}


@dataclass(frozen=True)
class Button:
    label: Any
    url: str


def urls(host: Any) -> list[URLPattern]:
    def more(request: HttpRequest, object_id: str, what: str) -> HttpResponse:
        if what not in PAGES:
            raise Http404
        return PAGES[what](host, request, object_id)

    view = host.admin_site.admin_view(more)
    return [path("<path:object_id>/more/<slug:what>/", view, name="milestones_milestone_more")]


def buttons(milestone: Milestone) -> list[Button]:
    """A notice in active plans about what is open, comments and watchers until the plan is closed."""
    names = [] if milestone.plan.state == PlanState.CLOSED else ["comment", "watch", "clone"]
    if milestone.plan.is_active and milestone.is_open:
        names = ["notice", "health", *names]
    found = [Button(LABELS[name], _url("more", milestone.pk, name)) for name in names]
    if milestone.plan.state != PlanState.CLOSED:
        tie = reverse("admin:milestones_dependency_add")
        found.append(Button(_("Wait for another"), f"{tie}?successor={milestone.pk}"))
    return found


def _url(page: str, *args: Any) -> str:
    return reverse(f"admin:milestones_milestone_{page}", args=args)
