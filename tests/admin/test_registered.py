"""Does every registered table keep what history needs, and choose from many by typing?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.contrib.admin.widgets import AutocompleteMixin, ForeignKeyRawIdWidget, RelatedFieldWidgetWrapper
from django.http import HttpRequest
from django.test import RequestFactory

from milestones.admin import site
from milestones.models import DayOverride, Plan, ReminderPolicy
from tests.admin.cast import day_off, mail_and_reminder
from tests.cast import Cast

FEW = {Plan, ReminderPolicy}  # an installation has a handful of these
OF_ITS_OWN = {"NewReadings.revises"}  # the readings of this target alone
# What may go although it counted: its entry tells all there was, and nothing else points to it.
GOES = {DayOverride}


@pytest.fixture
def request_of_office(running: Cast, rf: RequestFactory) -> HttpRequest:
    mail_and_reminder(running)
    day_off()
    request = rf.get("/admin/")
    request.user = running.office
    return request


def rows() -> Iterator[tuple[Any, Any]]:
    for model, admin in site._registry.items():
        yield admin, model._default_manager.order_by("pk").first()


def test_what_counted_is_cancelled_or_deactivated_never_deleted(request_of_office: HttpRequest) -> None:
    goes = {a.model for a, row in rows() if row is not None and a.has_delete_permission(request_of_office, row)}
    assert goes == GOES
    assert not any(admin.has_delete_permission(request_of_office) for admin, _row in rows())  # nor many at once


def test_no_form_offers_thousands_of_rows_in_one_list(request_of_office: HttpRequest) -> None:
    offered: list[tuple[str, Any]] = []
    for admin, row in rows():
        forms_shown = [None] if admin.has_add_permission(request_of_office) else []
        for obj in [*forms_shown, *([row] if row is not None else [])]:
            for where, field in _fields(admin, request_of_office, obj):
                if isinstance(field, forms.ModelChoiceField) and not _is_typed(field.widget):
                    assert field.queryset is not None
                    offered.append((where, field.queryset.model))
    assert {where: model.__name__ for where, model in offered if model not in FEW}.keys() == OF_ITS_OWN


def _fields(admin: Any, request: HttpRequest, obj: Any) -> Iterator[tuple[str, forms.Field]]:
    yield from _named(admin, admin.get_form(request, obj, change=obj is not None).base_fields)
    for formset, inline in admin.get_formsets_with_inlines(request, obj):
        shown = {name: field for name, field in formset.form.base_fields.items() if name != formset.fk.name}
        yield from _named(inline, shown)


def _named(owner: Any, fields: dict[str, forms.Field]) -> Iterator[tuple[str, forms.Field]]:
    for name, field in fields.items():
        yield f"{type(owner).__name__}.{name}", field


def _is_typed(widget: Any) -> bool:
    inner = widget.widget if isinstance(widget, RelatedFieldWidgetWrapper) else widget
    return isinstance(inner, AutocompleteMixin | ForeignKeyRawIdWidget) or inner.is_hidden
