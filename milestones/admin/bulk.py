"""How are many milestones assigned or rescheduled at once? Choose, see what would change, then all or nothing.

The confirmation is the verb itself, run and rolled back: what it shows is what the verb would do, and each row that it
would refuse is named with the reason. The ids travel with the versions that were looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import wording
from milestones.changes import record
from milestones.errors import DomainError
from milestones.models import Milestone, Person
from milestones.planning import operations
from milestones.planning.calendars import calendar
from milestones.workdays.calendar import Calendar
from milestones.workdays.periods import FuzzyDate

from .fields import FuzzyDateField, ReasonField
from .forms import act
from .site import site

LIMIT = 500  # more at once is a job for an import; the page stays readable and the write lock short
Verb = Callable[[Milestone, dict[str, Any], dict[str, Any]], Any]


@dataclass(frozen=True)
class Line:
    """One milestone and what would happen to it: from what to what, or why not."""

    milestone: Milestone
    old: str
    new: str
    refusal: str = ""


@dataclass(frozen=True)
class Job:
    """`each` does one row, for the look ahead; `whole` does them all, so that one person gets one mail."""

    name: str
    title: Any
    button: Any
    form_class: type[forms.Form]
    says: Callable[[Milestone], str]
    each: Verb
    whole: Callable[[list[Milestone], dict[str, Any], dict[str, Any]], Any]
    note: Any = ""
    columns: tuple[Any, Any] = field(default=(gettext_lazy("now"), gettext_lazy("then")))
    done: Callable[[int], str] = lambda count: ngettext(
        "%(count)s milestone was changed.", "%(count)s milestones were changed.", count
    )


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


def _assign(milestones: list[Milestone], typed: dict[str, Any], act: dict[str, Any]) -> None:
    to, reason = typed["person"], typed["reason"]
    if any(m.accountable_id and m.accountable_id != to.pk for m in milestones):
        operations.hand_over(milestones, to, reason=reason, **act)
    else:
        operations.assign(milestones, to, reason=reason, **act)


def _new_due(milestone: Milestone, typed: dict[str, Any], days: Calendar) -> FuzzyDate:
    return typed["due"] or FuzzyDate(days.add(milestone.due.effective_day, typed["days"]))


def _reschedule(milestones: list[Milestone], typed: dict[str, Any], act: dict[str, Any]) -> None:
    days = calendar()
    for milestone in milestones:
        operations.reschedule(milestone, _new_due(milestone, typed, days), reason=typed["reason"], **act)


ASSIGN = Job(
    "assign",
    gettext_lazy("Assign or hand over"),
    gettext_lazy("Assign"),
    AssignForm,
    says=lambda m: str(m.accountable or _("unassigned")),
    each=lambda m, typed, act: _assign([m], typed, act),
    whole=_assign,
    note=gettext_lazy("The new owner gets one mail that lists everything."),
)
RESCHEDULE = Job(
    "reschedule",
    gettext_lazy("Reschedule"),
    gettext_lazy("Reschedule"),
    RescheduleForm,
    says=lambda m: wording.period_with_day(m.due),
    each=lambda m, typed, act: _reschedule([m], typed, act),
    whole=_reschedule,
    note=gettext_lazy("Each owner is told by mail; the first promise (baseline) stays."),
)


@admin.action(description=ASSIGN.title)
def assign(admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return page(ASSIGN, admin, request, queryset)


@admin.action(description=RESCHEDULE.title)
def reschedule(admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return page(RESCHEDULE, admin, request, queryset)


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
        form = job.form_class(initial={"rows": " ".join(f"{m.pk}:{m.version}" for m in rows)})
        return _show(job, admin, request, form, [Line(m, job.says(m), "") for m in rows])
    form = job.form_class(request.POST)
    valid = form.is_valid()
    rows = _rows(admin, request, form)
    if not valid:
        return _show(job, admin, request, form, [Line(m, job.says(m), "") for m in rows])
    lines = look_ahead(job, rows, form, act(request))
    if step != "apply" or any(line.refusal for line in lines):
        return _show(job, admin, request, form, lines, looked=True)
    return _apply(job, admin, request, form, lines)


def _apply(job: Job, admin: Any, request: HttpRequest, form: Any, lines: list[Line]) -> HttpResponse:
    try:
        count = apply(job, _rows(admin, request, form), form, act(request))
    except DomainError as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _show(job, admin, request, form, lines, looked=True)
    admin.message_user(request, job.done(count) % {"count": count}, messages.SUCCESS)
    return HttpResponseRedirect(request.get_full_path())


def _rows(admin: Any, request: HttpRequest, form: Any) -> list[Milestone]:
    chosen = form.versions() if "rows" in getattr(form, "cleaned_data", {}) else {}
    found = (
        admin.get_queryset(request).select_related("plan", "accountable", "lead", "workstream").filter(pk__in=chosen)
    )
    return list(found.order_by("due_on", "code"))


def look_ahead(job: Job, milestones: list[Milestone], form: Any, act: dict[str, Any]) -> list[Line]:
    """What the verb would do to each row, found out by doing and rolling back."""
    versions, lines = form.versions(), []
    with record.writing(**act):
        for milestone in milestones:
            lines.append(_try(job, milestone, versions[str(milestone.pk)], form.cleaned_data, act))
        transaction.set_rollback(True)
    return lines


def _try(job: Job, milestone: Milestone, version: int, typed: dict[str, Any], act: dict[str, Any]) -> Line:
    old = job.says(milestone)
    try:
        with transaction.atomic():
            record.expect(milestone, version)
            job.each(milestone, typed, act)
    except DomainError as refusal:
        return Line(milestone, old, "", str(refusal))
    return Line(milestone, old, job.says(milestone))


def apply(job: Job, milestones: list[Milestone], form: Any, act: dict[str, Any]) -> int:
    """All rows or none; raises the verb's refusal."""
    versions = form.versions()
    with record.writing(**act):
        for milestone in milestones:
            record.expect(milestone, versions[str(milestone.pk)])
        job.whole(milestones, form.cleaned_data, act)
    return len(milestones)


def _show(
    job: Job, admin: Any, request: HttpRequest, form: Any, lines: list[Line], looked: bool = False
) -> HttpResponse:
    refused = [line for line in lines if line.refusal]
    context = {
        **admin.admin_site.each_context(request),
        "title": job.title,
        "subtitle": ngettext("%(count)s milestone", "%(count)s milestones", len(lines)) % {"count": len(lines)},
        "job": job,
        "form": form,
        "media": admin.media + form.media,
        "lines": lines,
        "looked": looked,
        "refused": refused,
        "changed": [line for line in lines if looked and not line.refusal and line.old != line.new],
        "opts": admin.opts,
        "selected": request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/lingang/bulk.html", context)
