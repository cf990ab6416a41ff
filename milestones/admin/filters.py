"""How is a list narrowed where a plain list of links would be too long, or is no question of one column?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.models import Plan, Workstream

from .fields import DayInput


class FormFilter(admin.FieldListFilter):
    """A filter with a small form instead of links; the other parameters of the list travel along."""

    template = "admin/lingang/filter_form.html"

    def __init__(
        self, field: Any, request: HttpRequest, params: Any, model: Any, model_admin: Any, field_path: str
    ) -> None:
        self.request, self.site = request, model_admin.admin_site
        super().__init__(field, request, params, model, model_admin, field_path)
        self.used_parameters = {name: values for name, values in self.used_parameters.items() if _last(values)}

    def has_output(self) -> bool:
        return True

    def fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    def choices(self, changelist: Any) -> Iterator[Any]:
        names = set(self.expected_parameters())
        made = type("FilterForm", (forms.Form,), self.fields())
        left_out = names | {PAGE_VAR, ERROR_FLAG}
        yield {
            "form": made(initial=self._chosen(), auto_id=f"filter-{self.field_path}-%s"),
            "kept": [(name, v) for name, values in self.request.GET.lists() if name not in left_out for v in values],
            "active": bool(self.used_parameters),
            "clear": changelist.get_query_string(remove=list(names)),
        }

    def _chosen(self) -> dict[str, Any]:
        return {name: _last(values) for name, values in self.used_parameters.items()}


def _last(values: Any) -> Any:
    return values[-1] if isinstance(values, list) else values


class OneOfMany(FormFilter):
    """A foreign key, chosen by typing: no list of 10,000 people anywhere."""

    def expected_parameters(self) -> list[str | None]:
        return [f"{self.field_path}__id__exact"]

    def fields(self) -> dict[str, forms.Field]:
        related: Any = self.field.related_model
        rows = related._default_manager.all()
        widget = AutocompleteSelect(
            self.field, self.site, attrs={"data-placeholder": _("any"), "aria-label": self.title}
        )
        choice = forms.ModelChoiceField(rows, required=False, label="", widget=widget)
        return {f"{self.field_path}__id__exact": choice}


class Hidden(OneOfMany):
    """A filter that only links lead to."""

    def has_output(self) -> bool:
        return False


class Between(FormFilter):
    """A range of days, both ends included, either end open; of an instant it is the day in the reader's zone."""

    def expected_parameters(self) -> list[str | None]:
        return [*self._names()]

    def fields(self) -> dict[str, forms.Field]:
        labels = (_("first day"), _("last day"))
        return {
            name: forms.DateField(required=False, label=label, widget=DayInput())
            for name, label in zip(self._names(), labels, strict=True)
        }

    def _names(self) -> tuple[str, str]:
        day = f"{self.field_path}__date" if isinstance(self.field, DateTimeField) else self.field_path
        return f"{day}__gte", f"{day}__lte"


class YesFilter(admin.SimpleListFilter):
    """One question, asked or not."""

    answer: Any = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", self.answer)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return self.narrow(queryset) if self.value() == "yes" else queryset

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        raise NotImplementedError


class PlanState(admin.ChoicesFieldListFilter):
    """The state of the plan, beside the milestone's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("state of the plan")


class Unassigned(YesFilter):
    title, parameter_name, answer = _("owner missing"), "unassigned", _("unassigned only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.open().unassigned()  # type: ignore[attr-defined]


class Overdue(YesFilter):
    title, parameter_name, answer = _("deadline passed"), "overdue", _("overdue only")

    def narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.overdue(timezone.localdate())  # type: ignore[attr-defined]


class InWorkstream(admin.SimpleListFilter):
    """The workstreams of the chosen plan, else of the plans that run or are prepared."""

    title, parameter_name = _("workstream"), "workstream"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        plans = Plan.objects.exclude(state="closed")
        if chosen := request.GET.get("plan__id__exact"):
            plans = Plan.objects.filter(pk=chosen)
        streams = Workstream.objects.filter(plan__in=plans).select_related("plan").order_by("plan", "position", "code")
        rows = list(streams[:60])
        many = len({stream.plan_id for stream in rows}) > 1
        return [(str(s.pk), f"{s.title} · {s.plan.code}" if many else s.title) for s in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(workstream=self.value()) if self.value() else queryset
