"""How are rows shown that are written elsewhere?"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.text import capfirst

from milestones import access
from milestones.models import ChangeEntry, search
from milestones.models.base import Versioned
from milestones.pinyin import normal

from . import history, putting_back
from .filters import OneOfMany
from .forms import person


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at, never typed: no add, no change, no delete."""

    actions: Any = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.ALLOW
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

    def get_search_results(self, request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        """Also by what is searched everywhere: Chinese, pinyin or initials, every word somewhere."""
        model: Any = self.model
        found, twice = super().get_search_results(request, queryset, term)
        if not (words := normal(term).split()) or search.field_of(model) is None:
            return found, twice
        called = reduce(and_, (models.Q(find__contains=word) for word in words))
        return found | queryset.filter(called), twice

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A list is called by what it lists, not by what one could do to it."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Of the objects of the business; ledger, outbox and change entries are their own history."""
        if not issubclass(self.model, Versioned):
            raise Http404
        return history.page(self, request, object_id)

    def get_urls(self) -> list[URLPattern]:
        return [*putting_back.urls(self), *super().get_urls()]

    def history_of(self, request: HttpRequest, obj: Any) -> models.QuerySet[ChangeEntry]:
        """The entries that the history page of an object shows."""
        return ChangeEntry.objects.of(obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return access.visible(super().get_queryset(request), person(request))

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
