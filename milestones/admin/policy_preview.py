"""What would this policy send for one milestone over the next 60 days, whichever policy it follows now?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.models import Channel, Level, Milestone, PlanState, Reminder, ReminderPolicy
from milestones.reminders import preview, resolution

DAYS = 60


class PreviewForm(forms.Form):
    milestone = forms.ModelChoiceField(
        Milestone.objects.open().exclude(plan__state=PlanState.CLOSED).select_related("plan"), label=_("milestone")
    )

    def __init__(self, admin_site: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["milestone"]
        column = Reminder._meta.get_field("milestone")
        field.widget = AutocompleteSelect(column, admin_site, choices=field.widget.choices)


def page(host: Any, request: HttpRequest, policy: ReminderPolicy) -> HttpResponse:
    """GET with a milestone answers; the address can be passed on. Steps that were edited today count from tomorrow."""
    now = timezone.localtime()
    first, last = now.date(), now.date() + timedelta(days=DAYS - 1)
    form = PreviewForm(host.admin_site, request.GET or None)
    milestone = form.cleaned_data["milestone"] if form.is_valid() else None
    found = preview.of_milestone(milestone, policy, first=first, last=last, now=now) if milestone else []
    context = {
        **host.admin_site.each_context(request),
        "title": _("What would it send in the next 60 days?"),
        "subtitle": str(policy),
        "form": form,
        "milestone": milestone,
        "follows": resolution.resolved(milestone, first).policy if milestone else None,
        "policy": policy,
        "days": [(day, person, [_words(one) for one in some]) for day, person, some in preview.by_day(found)],
        "reminders": len(found),
        "first": first,
        "last": last,
        "object": policy,
        "opts": host.opts,
        "media": host.media + form.media,
    }
    return TemplateResponse(request, "admin/lingang/policy_preview.html", context)


def _words(one: preview.Coming) -> str:
    """“overdue-5 #2 · red · e-mail”."""
    step = f"{one.step} #{one.occurrence}" if one.occurrence else one.step
    level = [str(Level(one.level).label)] if one.level else []
    return " · ".join([step, *level, str(Channel(one.channel).label)])
