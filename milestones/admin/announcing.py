"""How does the office enter a whole year's holiday notice at once?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones import access
from milestones.errors import DomainError
from milestones.planning import day_overrides
from milestones.planning.day_overrides import Standing
from milestones.workdays import announced

from . import dashboard
from .forms import act

WHY = {
    "no_days": gettext_lazy("No day off and no working day was found: paste the lines that say 放假 and 上班."),
    "no_such_day": gettext_lazy("“%(words)s” is no day of the calendar."),
    "other_weekday": gettext_lazy(
        "“%(words)s” does not fall on that day of the week: is it the notice of another year?"
    ),
    "too_long": gettext_lazy("“%(words)s” is no holiday: it ends before it begins or takes weeks."),
    "twice": gettext_lazy("%(words)s is said to be both a working day and a day off."),
}


class NoticeForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("notice of the year"), min_value=2001, max_value=2100)
    text = forms.CharField(
        label=gettext_lazy("text of the notice"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 12, "cols": 90}),
        help_text=gettext_lazy(
            "As published: 春节：1月28日（周二）至2月4日（周二）放假调休，共8天。1月26日（周日）上班。"
        ),
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors:
            try:
                typed["days"] = announced.read(typed["text"], typed["year"])
            except announced.Unreadable as fault:
                self.add_error("text", WHY[fault.why] % {"words": fault.words})
        return typed


def page(admin: Any, request: HttpRequest) -> HttpResponse:
    """GET asks; POST shows every day beside the calendar as it is; POST with `declare` does it."""
    if not access.may(act(request)["actor"], "calendar.edit"):
        raise PermissionDenied
    today = timezone.localdate()
    year = next(iter(dashboard.provisional_years(today)), today.year + 1)
    form = NoticeForm(request.POST if request.method == "POST" else None, initial={"year": year})
    seen: list[Standing] = []
    if request.method == "POST" and form.is_valid():
        if "declare" in request.POST and _done(admin, request, form):
            return HttpResponseRedirect(f"{admin.url('changelist')}?day__year={form.cleaned_data['year']}")
        seen = day_overrides.compare(form.cleaned_data["days"])
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Enter a holiday notice"),
        "form": form,
        "seen": seen,
        "different": sum(one.differs for one in seen),
        "object": None,
        "media": admin.media + form.media,
        "opts": admin.opts,
    }
    return TemplateResponse(request, "admin/lingang/announcing.html", context)


def _done(admin: Any, request: HttpRequest, form: NoticeForm) -> bool:
    try:
        made = day_overrides.declare_notice(form.cleaned_data["days"], **act(request))
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    words = ngettext("%(count)s day was declared.", "%(count)s days were declared.", len(made))
    admin.message_user(request, words % {"count": len(made)}, messages.SUCCESS)
    return True
