"""How does saving a form of the admin become one verb of the domain, and how does a refusal come back to the form?

`save_model` and its kin store nothing. A subclass says in `create` and `change` which verb the form means; a
DomainError leaves the transaction, and the same form is shown again with it, everything typed kept.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from milestones import access
from milestones.changes import guard, record
from milestones.errors import Conflict, DomainError

from . import conflicts
from .fields import DayInput
from .forms import VerbForm, person
from .readonly import ReadOnlyAdmin


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
        return access.may(person(request), f"{self.noun}.create")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(person(request), f"{self.noun}.edit", obj) and (obj is None or self.may_change(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and self.may_erase(obj) and access.may(person(request), f"{self.noun}.delete", obj)

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
            with guard.attempt():  # Django opens the transaction of the whole page inside
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
            form.instance.refresh_from_db()  # with what the verb filled in: the page calls it by that

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
            with guard.attempt():
                return super().delete_view(request, object_id, extra_context)
        except DomainError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(self.url("change", object_id))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The verb takes what belongs to the object with it; the confirmation says how much."""
        lines = [[str(obj), self.holds(obj)] if self.holds(obj) else [str(obj)] for obj in objs]
        return [item for line in lines for item in line], {}, set(), []

    # History --------------------------------------------------------------------------------------------------------
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Nothing: the change entry is the one history."""

    log_change = log_addition  # type: ignore[assignment]

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]
        """Nothing: the tombstone is the one history."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        return []
