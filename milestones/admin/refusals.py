"""Who brought a text with a classification marking, when and where? The text itself is nowhere."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import marking
from milestones.changes import labels
from milestones.models import GuardRefusal, Person

from .filters import Between
from .readonly import ReadOnlyAdmin
from .site import site


@admin.register(GuardRefusal, site=site)
class GuardRefusalAdmin(ReadOnlyAdmin):
    list_display = ("at", "who", "client", "via", "shown_object", "shown_field", "shown_rule", "short_hash")
    list_filter = ("via", "rule", ("at", Between))
    search_fields = ("actor_label", "client", "sha256")
    search_help_text = _("role, client, hash, or the id of an object or a person")
    ordering = ("-id",)
    fields = ("at", "who", "client", "via", "shown_object", "shown_field", "shown_rule", "sha256")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the name of who it was, as long as that person is here."""
        person = Person.objects.filter(pk=OuterRef("actor_id"))
        return super().get_queryset(request).annotate(name=Subquery(person.values("display_name")))

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> Any:
        """An id finds all refusals of that object or person."""
        try:
            key = UUID(term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, term)
        return queryset.filter(Q(object_id=key) | Q(actor_id=key)), False

    @admin.display(description=_("by"), ordering="actor_label")
    def who(self, obj: GuardRefusal) -> str | SafeString:
        name = getattr(obj, "name", None)
        if name is None:
            return labels.who(obj.actor_label)
        url = reverse("admin:milestones_person_change", args=[obj.actor_id])
        return format_html('<a href="{}">{}</a> · {}', url, name, labels.who(obj.actor_label))

    @admin.display(description=_("object"), ordering="entity")
    def shown_object(self, obj: GuardRefusal) -> str | SafeString:
        model = _model(obj)
        name = str(model._meta.verbose_name) if model else obj.entity
        if obj.object_id is None:
            return name
        try:
            url = reverse(f"admin:milestones_{obj.entity}_history", args=[obj.object_id])
        except NoReverseMatch:
            return name
        return format_html('<a href="{}">{}</a>', url, name)

    @admin.display(description=_("field"), ordering="field")
    def shown_field(self, obj: GuardRefusal) -> str:
        model = _model(obj)
        try:
            return str(model._meta.get_field(obj.field).verbose_name) if model else obj.field
        except FieldDoesNotExist:
            return str(_("reason")) if obj.field == "reason" else obj.field

    @admin.display(description=_("rule"), ordering="rule")
    def shown_rule(self, obj: GuardRefusal) -> str:
        return str(marking.WORDS[marking.Rule(obj.rule)])

    @admin.display(description=_("SHA-256"), ordering="sha256")
    def short_hash(self, obj: GuardRefusal) -> str:
        return obj.sha256[:12]


def _model(obj: GuardRefusal) -> Any:
    """The model whose text it would have been; None for what has no model, as a plan file."""
    return apps.get_model("milestones", obj.entity) if obj.entity in apps.all_models["milestones"] else None
