"""Who changed what, in the whole installation?"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones.changes import labels, readable, verbs
from milestones.models import ChangeEntry, Op
from milestones.models.base import Versioned

from .filters import Between
from .readonly import ReadOnlyAdmin
from .site import site


class Entity(admin.SimpleListFilter):
    """The kinds of object that history knows, by their names."""

    title, parameter_name = _("entity"), "entity"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = [model for model in apps.get_app_config("milestones").get_models() if issubclass(model, Versioned)]
        names = [(model._meta.model_name or "", str(model._meta.verbose_name)) for model in known]
        return sorted(names, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(entity=self.value()) if self.value() else queryset


@admin.register(ChangeEntry, site=site)
class ChangeEntryAdmin(ReadOnlyAdmin):
    show_facets = admin.ShowFacets.NEVER  # of rows without end
    list_display = (
        "at",
        "shown_entity",
        "verb_words",
        "fields_changed",
        "shown_reason",
        "shown_actor",
        "client",
        "via",
        "version",
    )
    list_filter = (Entity, "via", ("at", Between))
    search_fields = ("reason", "actor_label", "client")
    search_help_text = _("reason, role, client or object id")
    ordering = ("-id",)
    fields = (
        "at",
        "shown_entity",
        "verb_words",
        "differences",
        "shown_reason",
        "shown_actor",
        "client",
        "via",
        "version",
        "seq",
    )
    readonly_fields = fields

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> Any:
        """An object's id finds all its entries."""
        word = term.strip()
        if len(word) == 36 and word.count("-") == 4:
            return queryset.filter(object_id=word), False
        return super().get_search_results(request, queryset, term)

    @admin.display(description=_("object"))
    def shown_entity(self, obj: ChangeEntry) -> str | SafeString:
        model = apps.get_model("milestones", obj.entity)
        name = str(model._meta.verbose_name)
        try:
            url = reverse(f"admin:milestones_{obj.entity}_history", args=[obj.object_id])
        except NoReverseMatch:
            return name
        return name if obj.op == Op.DELETE else format_html('<a href="{}">{}</a>', url, name)

    @admin.display(description=_("by"), ordering="actor_label")
    def shown_actor(self, obj: ChangeEntry) -> str:
        return labels.who(obj.actor_label)

    @admin.display(description=_("reason"), ordering="reason")
    def shown_reason(self, obj: ChangeEntry) -> str:
        return obj.why

    @admin.display(description=_("change"))
    def verb_words(self, obj: ChangeEntry) -> str:
        return verbs.words(obj.verb)

    @admin.display(description=_("fields"))
    def fields_changed(self, obj: ChangeEntry) -> str:
        return ", ".join(readable.columns(obj)) if obj.op == Op.UPDATE else ""

    @admin.display(description=_("differences"))
    def differences(self, obj: ChangeEntry) -> SafeString:
        (change,) = readable.read([obj])
        rows = ((d.label, d.old or "—", d.new or "—") for d in change.differences)
        return format_html_join("", '<div class="difference"><b>{}</b>: <del>{}</del> → <ins>{}</ins></div>', rows)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Called by what was done to what, not by codes."""
        entry = kwargs["obj"]
        name = apps.get_model("milestones", entry.entity)._meta.verbose_name
        context["subtitle"] = f"{name} · {verbs.words(entry.verb)}"
        return super().render_change_form(request, context, *args, **kwargs)
