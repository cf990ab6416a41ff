"""How does saving a form of the admin become one verb of the domain, and how does a refusal come back to the form?

`save_model` and its kin store nothing. A subclass says in `create` and `change` which verb the form means; a
DomainError leaves the transaction, and the same form is shown again with it, everything typed kept.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.forms.models import construct_instance
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.actors import Actor
from milestones.changes import record
from milestones.errors import Conflict, DomainError
from milestones.models import Person, Via

from . import conflicts, history
from .fields import DayInput
from .filters import OneOfMany

NOT_SAVED = _("Nothing was saved yet; compare the values above.")


def act(request: HttpRequest) -> dict[str, Any]:
    """What every verb is told: who does this by which way in, and when."""
    return {"actor": Actor(_person(request), Via.ADMIN), "now": timezone.now()}


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _lines(value: Any) -> Any:
    """Browsers end lines with CR LF; stored texts do not."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class VerbForm(forms.ModelForm):
    """A form whose result is the arguments of a verb.

    `seen` is the version it was opened with, `refusal` is what the verb answered at the first attempt.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    refusal: ClassVar[DomainError | None] = None
    not_columns: ClassVar[Sequence[str]] = ("seen",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "seen" in self.fields:
            self.initial["seen"] = self.instance.version
            self.fields["seen"].required = True
        for field in self.fields.values():
            field.label = capfirst(field.label) if field.label else field.label

    def values(self, *, changed_only: bool) -> dict[str, Any]:
        """The columns as typed; those that differ from what is stored when `changed_only`."""
        names = self.changed_data if changed_only else list(self.fields)
        return {name: _lines(self.cleaned_data[name]) for name in names if name not in self.not_columns}

    def _post_clean(self) -> None:
        """As stock for single columns; constraints are left to the verb, which answers better and at its field."""
        exclude = self._get_validation_exclusions()  # type: ignore[attr-defined]
        self.instance = copy.copy(self.instance)  # the page goes on calling the object by its stored name
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=exclude)
        except forms.ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]
        if self.refusal is not None:
            field = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field, NOT_SAVED if isinstance(self.refusal, Conflict) else str(self.refusal))


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at, never typed: no add, no change, no delete."""

    actions: Any = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    change_form_template = "admin/lingang/row.html"
    list_per_page = 50

    @property
    def media(self) -> forms.Media:
        """With what the lists' own filters need: suggestions while typing."""
        suggests = any(isinstance(item, tuple) and issubclass(item[1], OneOfMany) for item in self.list_filter)
        return super().media + (AutocompleteSelect(None, self.admin_site).media if suggests else forms.Media())

    def url(self, page: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def label(self, obj: models.Model) -> str:
        """What a suggestion list calls the row."""
        return str(obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ledger, outbox and change entries are their own history."""
        raise Http404

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return access.visible(super().get_queryset(request), _person(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may_enter_admin(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VerbAdmin(ReadOnlyAdmin):
    form = VerbForm
    formfield_overrides = {models.DateField: {"widget": DayInput}}
    noun: ClassVar[str]
    change_form_template = "admin/lingang/change_form.html"

    # What a subclass says -------------------------------------------------------------------------------------------
    def create(self, request: HttpRequest, form: Any, formsets: list[Any]) -> models.Model:
        raise NotImplementedError

    def change(self, request: HttpRequest, obj: Any, form: Any, formsets: list[Any]) -> None:
        raise NotImplementedError

    def erase(self, request: HttpRequest, obj: Any) -> None:
        raise NotImplementedError

    def may_change(self, obj: Any) -> bool:
        """Whether the object's state lets it be edited at all."""
        return True

    def may_erase(self, obj: Any) -> bool:
        """Whether history allows that the row goes: only what never counted may."""
        return False

    def holds(self, obj: Any) -> list[str]:
        """What goes with the object when it is deleted, in words."""
        return []

    def groups(self, obj: Any, only_read: bool) -> list[Any]:
        """The fieldsets; `obj` is None on the page that adds one."""
        return list(self.fieldsets or [])

    # Rights ---------------------------------------------------------------------------------------------------------
    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(_person(request), f"{self.noun}.create")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(_person(request), f"{self.noun}.edit", obj) and (obj is None or self.may_change(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.may_erase(obj) and access.may(_person(request), f"{self.noun}.delete", obj)

    # Saving ---------------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The subclass's groups, with the hidden version that was seen among the first."""
        (title, options), *others = self.groups(obj, not self.has_change_permission(request, obj))
        if obj is None or not self.has_change_permission(request, obj):
            return [(title, options), *others]
        return [(title, {**options, "fields": ["seen", *options["fields"]]}), *others]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        try:
            self._expect(request, object_id)
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as refusal:
            request.refusal = refusal  # type: ignore[attr-defined]
            shown = self.compare(request, object_id, refusal) if isinstance(refusal, Conflict) else None
            return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "conflict": shown})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing: `save_related` knows the form and its inlines."""

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        if change:
            self.change(request, self.present(form.instance.pk), form, formsets)
        else:
            form.instance.pk = self.create(request, form, formsets).pk

    def present(self, pk: Any) -> Any:
        """The row as it is now; the form's own instance already holds what was typed."""
        return self.model._default_manager.get(pk=pk)

    def _expect(self, request: HttpRequest, object_id: str | None) -> None:
        typed = request.POST.get("seen", "")
        obj = self.get_object(request, object_id) if object_id and typed.isdecimal() else None
        if obj is not None and self.has_change_permission(request, obj):
            record.expect(obj, int(typed))

    def compare(self, request: HttpRequest, object_id: str | None, conflict: Conflict) -> conflicts.Comparison:
        obj = self.get_object(request, str(object_id))
        form = self.get_form(request, obj, change=True)(instance=obj)
        assert obj is not None  # it was here when the verb refused
        return conflicts.compare(request, obj, form, conflict)

    # Deleting -------------------------------------------------------------------------------------------------------
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.erase(request, obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.url("change", object_id))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The verb takes what belongs to the object with it; the confirmation says how much."""
        lines = [[str(obj), self.holds(obj)] if self.holds(obj) else [str(obj)] for obj in objs]
        return [item for line in lines for item in line], {}, set(), []

    # History --------------------------------------------------------------------------------------------------------
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return history.page(self, request, object_id)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the change entry is the one history."""

    log_change = log_addition  # type: ignore[assignment]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Nothing: the tombstone is the one history."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        return []


class ReadOnlyInline(admin.TabularInline):
    """Rows of the object that are written elsewhere."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_enter_admin(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
