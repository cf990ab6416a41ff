"""How does the office take what is open in a plan over into the next one? It looks at each row first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import access
from milestones.errors import DomainError
from milestones.models import Plan, PlanState
from milestones.planning import carry_over, carrying
from milestones.planning.carrying import Line, Preview

from .fields import FuzzyDateField, ReasonField
from .forms import act


class Into(forms.Form):
    into = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("into the plan"))

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        later = Plan.objects.exclude(state=PlanState.CLOSED).filter(ends_on__gt=plan.ends_on)
        field.queryset = later.order_by("ends_on", "code")
        field.empty_label = "---------" if later else _("There is no later plan; add one first")


class Rows(forms.Form):
    """For each open milestone: does it go on, and when is its copy due? The fields are named by its id."""

    reason = ReasonField(required=False)

    def __init__(self, lines: tuple[Line, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        for line in lines:
            take, due = _names(line)
            self.fields[take] = forms.BooleanField(required=False, initial=not line.is_in_the_way)
            self.fields[due] = FuzzyDateField(required=False, initial=line.due)
            for name, what in ((take, _("take over")), (due, _("due"))):
                self.fields[name].widget.attrs["aria-label"] = f"{line.milestone.code}: {what}"

    def rows(self) -> list[Row]:
        return [Row(line, *(self[name] for name in _names(line))) for line in self.lines]

    def chosen(self) -> list[str]:
        return [line.milestone.code for line in self.lines if self.cleaned_data[_names(line)[0]]]

    def due(self) -> dict[str, Any]:
        """Of those chosen, where a date was given; an empty one leaves the proposal."""
        given = {line.milestone.code: self.cleaned_data[_names(line)[1]] for line in self.lines}
        return {code: given[code] for code in self.chosen() if given[code] is not None}


@dataclass(frozen=True)
class Row:
    line: Line
    take: Any
    due: Any

    @property
    def questions(self) -> list[str]:
        return [str(question.label) for question in self.line.questions]


def page(admin: Any, request: HttpRequest, plan: Plan) -> HttpResponse:
    """First into which plan, then the rows, then the deed."""
    if not access.may(act(request)["actor"], "plan.carry_over", plan):
        raise PermissionDenied
    into = Into(plan, request.GET or None)
    if not (into.is_bound and into.is_valid()):
        return _show(admin, request, plan, into)
    target = into.cleaned_data["into"]
    try:
        seen = carrying.preview(plan, target, actor=act(request)["actor"])
    except DomainError as refusal:
        into.add_error("into", str(refusal))
        return _show(admin, request, plan, into)
    form = Rows(seen.lines, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _done(admin, request, plan, target, form):
        rows = f"{reverse('admin:milestones_milestone_changelist')}?plan__id__exact={target.pk}"
        return HttpResponseRedirect(rows)
    return _show(admin, request, plan, into, target, form, seen)


def _done(admin: Any, request: HttpRequest, plan: Plan, into: Plan, form: Rows) -> bool:
    given: dict[str, Any] = {"codes": form.chosen(), "due": form.due(), "reason": form.cleaned_data["reason"]}
    try:
        copies = carry_over.carry_over(plan, into, **given, **act(request))
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    words = ngettext("%(count)s milestone was carried over.", "%(count)s milestones were carried over.", len(copies))
    admin.message_user(request, words % {"count": len(copies)}, messages.SUCCESS)
    return True


def _show(
    admin: Any,
    request: HttpRequest,
    plan: Plan,
    into: Into,
    target: Plan | None = None,
    form: Rows | None = None,
    seen: Preview | None = None,
) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Carry over what is open"),
        "subtitle": str(plan),
        "plan": plan,
        "object": plan,
        "into_form": into,
        "target": target,
        "form": form,
        "rows": form.rows() if form else [],
        "seen": seen,
        "both_remind": bool(target and plan.is_active and target.is_active),
        "media": admin.media + (form.media if form else forms.Media()),
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/lingang/carry_over.html", context)


def _names(line: Line) -> tuple[str, str]:
    return f"take_{line.milestone.pk}", f"due_{line.milestone.pk}"
