"""How is one thing done to many milestones at once? Choose, see what would change, then all or nothing.

What is done, and the look ahead, are `milestones.bulk`'s. The ids travel with the versions that were looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones.bulk import acts
from milestones.bulk.acts import Act
from milestones.bulk.doing import NEAR, Line, apply, look_ahead, untouched
from milestones.errors import DomainError
from milestones.models import Milestone, Person, Plan, PlanState, Workstream

from .fields import FuzzyDateField, ReasonField
from .forms import act
from .site import site

LIMIT = 500  # more at once is a job for an import; the page stays readable and the write lock short


@dataclass(frozen=True)
class Job:
    """An act, and the form of what it asks."""

    act: Act
    form_class: type[forms.Form]

    @property
    def title(self) -> Any:
        return self.act.title


class Chosen(forms.Form):
    """Which rows, in the versions that were looked at: `id:version id:version …` in one field, however many."""

    rows = forms.RegexField(r"^[0-9a-f-]{36}:\d+( [0-9a-f-]{36}:\d+)*$", widget=forms.HiddenInput)

    def versions(self) -> dict[str, int]:
        pairs = (word.partition(":") for word in self.cleaned_data["rows"].split())
        return {pk: int(version) for pk, _colon, version in pairs}


class AssignForm(Chosen):
    person = forms.ModelChoiceField(
        Person.objects.active(),
        label=gettext_lazy("new owner"),
        widget=AutocompleteSelect(Milestone._meta.get_field("accountable"), site),
    )
    reason = ReasonField(required=False, help_text=gettext_lazy("Needed when a milestone has an owner already."))


class RescheduleForm(Chosen):
    due = FuzzyDateField(label=gettext_lazy("to this date"), required=False)
    days = forms.IntegerField(
        label=gettext_lazy("or by working days"),
        required=False,
        min_value=-250,
        max_value=250,
        help_text=gettext_lazy(
            "Counted from each present date by the working calendar; less than 0 is earlier. The result is a day."
        ),
    )
    reason = ReasonField()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if not self.errors and (typed.get("due") is None) == (typed.get("days") is None):
            self.add_error("due", _("Give either a date or a number of working days."))
        return typed


class MoveForm(Chosen):
    workstream = forms.ModelChoiceField(
        Workstream.objects.select_related("plan"),
        label=gettext_lazy("to this workstream"),
        widget=AutocompleteSelect(Milestone._meta.get_field("workstream"), site),
    )
    reason = ReasonField(required=False)


class CopyForm(Chosen):
    plan = forms.ModelChoiceField(
        Plan.objects.exclude(state=PlanState.CLOSED),
        label=gettext_lazy("to this plan"),
        widget=AutocompleteSelect(Milestone._meta.get_field("plan"), site),
    )
    workstream = forms.ModelChoiceField(
        Workstream.objects.select_related("plan"),
        required=False,
        label=gettext_lazy("to this workstream"),
        help_text=gettext_lazy("Empty: each to the one that has the code of its own."),
        widget=AutocompleteSelect(Milestone._meta.get_field("workstream"), site),
    )
    reason = ReasonField(required=False, help_text=gettext_lazy("Empty: the history says what it was copied from."))


class CancelForm(Chosen):
    reason = ReasonField()


JOBS = (
    Job(acts.ASSIGN, AssignForm),
    Job(acts.RESCHEDULE, RescheduleForm),
    Job(acts.MOVE, MoveForm),
    Job(acts.COPY, CopyForm),
    Job(acts.CANCEL, CancelForm),
)


def _action(job: Job) -> Any:
    def run(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return page(job, model_admin, request, queryset)

    run.__name__ = job.act.name  # what the list sends
    return admin.action(description=job.title)(run)


ACTIONS = tuple(map(_action, JOBS))


def page(job: Job, admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """First the form, then the look ahead, then the deed; `step` in the POST says which button brought us here."""
    step = request.POST.get("step", "")
    if not step:
        rows = list(queryset.order_by("due_on", "code")[: LIMIT + 1])
        if len(rows) > LIMIT:
            admin.message_user(
                request, _("Choose at most %(limit)s milestones at once.") % {"limit": LIMIT}, messages.ERROR
            )
            return None
        form: Any = job.form_class(initial={"rows": " ".join(f"{m.pk}:{m.version}" for m in rows)})
        return _show(job, admin, request, form, untouched(job.act, rows))
    form = job.form_class(request.POST)
    valid = form.is_valid()
    rows = _rows(admin, request, form)
    if not valid:
        return _show(job, admin, request, form, untouched(job.act, rows))
    lines = look_ahead(job.act, rows, form.versions(), form.cleaned_data, act(request))
    if step != "apply" or any(line.refusal for line in lines):
        return _show(job, admin, request, form, lines, looked=True)
    return _apply(job, admin, request, form, lines)


def _apply(job: Job, admin: Any, request: HttpRequest, form: Any, lines: list[Line]) -> HttpResponse:
    try:
        rows = _rows(admin, request, form)
        count = apply(job.act, rows, form.versions(), form.cleaned_data, act(request))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _show(job, admin, request, form, lines, looked=True)
    admin.message_user(request, job.act.done(count) % {"count": count}, messages.SUCCESS)
    return HttpResponseRedirect(request.get_full_path())


def _rows(admin: Any, request: HttpRequest, form: Any) -> list[Milestone]:
    chosen = form.versions() if "rows" in getattr(form, "cleaned_data", {}) else {}
    found = admin.get_queryset(request).select_related(*NEAR).filter(pk__in=chosen)
    return list(found.order_by("due_on", "code"))


def _show(
    job: Job, admin: Any, request: HttpRequest, form: Any, lines: list[Line], looked: bool = False
) -> HttpResponse:
    refused = [line for line in lines if line.refusal]
    context = {
        **admin.admin_site.each_context(request),
        "title": job.title,
        "subtitle": ngettext("%(count)s milestone", "%(count)s milestones", len(lines)) % {"count": len(lines)},
        "job": job.act,
        "form": form,
        "media": admin.media + form.media,
        "lines": lines,
        "looked": looked,
        "refused": refused,
        "changed": [line for line in lines if looked and line.changes],
        "opts": admin.opts,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/lingang/bulk.html", context)
