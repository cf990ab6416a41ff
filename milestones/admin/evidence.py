"""Which evidence waits for the office, what does it show, and what is decided about it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from milestones import access
from milestones.evidence import operations, rules
from milestones.models import Evidence

from . import columns, history, pages
from .filters import Between, OneOfMany
from .forms import act, person
from .readonly import ReadOnlyAdmin
from .site import site


@dataclass(frozen=True)
class Decision:
    """A button and its page."""

    verb: str
    label: Any
    question: Any
    do: pages.Do
    form_class: type[forms.Form] = pages.AskReason


DECISIONS = {
    decision.verb: decision
    for decision in (
        Decision(
            "verify",
            pgettext_lazy("evidence", "Verify"),
            _("Does this show what it should?"),
            lambda piece, typed, act: operations.verify(piece, **typed, **act),
            pages.Ask,
        ),
        Decision(
            "reject",
            pgettext_lazy("evidence", "Reject"),
            _("Reject this piece of evidence"),
            lambda piece, typed, act: operations.reject(piece, **typed, **act),
        ),
        Decision(
            "withdraw",
            pgettext_lazy("evidence", "Withdraw"),
            _("Withdraw this piece of evidence; it stays in the history"),
            lambda piece, typed, act: operations.withdraw(piece, **typed, **act),
        ),
    )
}


@admin.register(Evidence, site=site)
class EvidenceAdmin(ReadOnlyAdmin):
    list_display = ("thumb", "title", "shown_milestone", "media_type", "shown_state", "added_by", "created_at")
    list_display_links = ("title",)
    list_select_related = ("milestone__plan", "added_by")
    list_filter = (
        "state",
        ("milestone__plan", OneOfMany),
        ("milestone__lead", OneOfMany),
        "media_type",
        ("created_at", Between),
    )
    search_fields = ("title", "file_name", "milestone__code", "milestone__title", "sha256")
    search_help_text = _("title, file name, milestone or SHA-256")
    ordering = ("-created_at", "-id")
    change_form_template = "admin/lingang/evidence.html"
    fields = (
        "shown_milestone",
        "content",
        "shown_state",
        "reason",
        ("added_by", "created_at"),
        ("decided_by", "decided_at"),
        "media_type",
        "sha256",
    )
    readonly_fields = (
        "shown_milestone",
        "content",
        "shown_state",
        "reason",
        "added_by",
        "created_at",
        "decided_by",
        "decided_at",
        "media_type",
        "sha256",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("milestone__plan", "milestone__lead", "added_by")

    @admin.display(description=_("picture"))
    def thumb(self, obj: Evidence) -> str | SafeString:
        if not obj.has_preview:
            return ""
        url = reverse("evidence_preview", args=[obj.pk])
        return format_html('<img class="thumb" src="{}" alt="" loading="lazy">', url)

    @admin.display(description=_("milestone"), ordering="milestone__code")
    def shown_milestone(self, obj: Evidence) -> SafeString:
        url = reverse("admin:milestones_milestone_change", args=[obj.milestone_id])
        return format_html('<a href="{}">{}</a> · {}', url, obj.milestone, obj.milestone.plan.code)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, obj: Evidence) -> str:
        return columns.state(obj)

    @admin.display(description=_("evidence"))
    def content(self, obj: Evidence) -> SafeString:
        return render_to_string("admin/lingang/piece.html", {"item": obj})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return history.page(self, request, object_id)

    # Deciding -------------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        page = path(
            "<path:object_id>/do/<slug:verb>/", self.admin_site.admin_view(self.decide), name="milestones_evidence_do"
        )
        return [page, *super().get_urls()]

    def decide(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        if verb not in DECISIONS:
            raise Http404
        decision, piece = DECISIONS[verb], pages.found(self, request, object_id)
        return pages.ask(
            self,
            request,
            piece,
            title=decision.question,
            button=decision.label,
            do=decision.do,
            form_class=decision.form_class,
            allowed=access.may(act(request)["actor"], f"evidence.{verb}", piece),
            shown={"milestone": piece.milestone, "evidence": [piece]},
        )

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        piece = kwargs.get("obj")
        verbs = rules.decidable(piece, piece.milestone) if piece else []
        own = piece is not None and piece.added_by_id == person(request).pk
        context["decisions"] = [DECISIONS[verb] for verb in verbs if not (own and verb == "verify")]
        return super().render_change_form(request, context, *args, **kwargs)
