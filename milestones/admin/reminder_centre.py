"""Why did somebody get a mail, or not, and what leaves on the days to come? Two pages beside the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.models import Milestone, Person, Plan, Reminder
from milestones.reminders import explain, explain_asks, explain_words, preview

DAYS = 30


class WhyForm(forms.Form):
    milestone = forms.ModelChoiceField(Milestone.objects.select_related("plan"), label=_("milestone"))
    person = forms.ModelChoiceField(Person.objects.all(), label=_("person"))

    def __init__(self, admin_site: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, column in (("milestone", "milestone"), ("person", "recipient")):
            field = self.fields[name]
            field.widget = AutocompleteSelect(
                Reminder._meta.get_field(column), admin_site, choices=field.widget.choices
            )


class ComingForm(forms.Form):
    plan = forms.ModelChoiceField(
        Plan.objects.active().order_by("code"), required=False, label=_("plan"), empty_label=_("all active plans")
    )
    person = forms.ModelChoiceField(Person.objects.active(), required=False, label=_("person"))

    def __init__(self, admin_site: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        field.widget = AutocompleteSelect(
            Reminder._meta.get_field("recipient"),
            admin_site,
            choices=field.widget.choices,
        )


def urls(host: Any) -> list[URLPattern]:
    def page(view: Any) -> Any:
        return host.admin_site.admin_view(lambda request: view(host, request))

    return [
        path("why/", page(why), name="milestones_reminder_why"),
        path("coming/", page(coming), name="milestones_reminder_coming"),
    ]


def why(host: Any, request: HttpRequest) -> HttpResponse:
    """GET with a milestone and a person answers; the address can be passed on."""
    form = WhyForm(host.admin_site, request.GET or None)
    one: explain.Explanation | None = None
    rows: list[explain_words.Line] = []
    if form.is_valid():
        chosen = form.cleaned_data
        one = explain.explain(chosen["milestone"], chosen["person"], now=timezone.now())
        rows = explain_words.table(one)
    about = list(explain_words.about(one)) if one else []
    asked = list(explain_asks.lines(one.milestone, one.person, now=timezone.now())) if one else []
    context = {"form": form, "one": one, "about": about, "rows": rows, "asked": asked}
    return _page(host, request, "why", _("Why did somebody get a mail, or not?"), form, context)


def coming(host: Any, request: HttpRequest) -> HttpResponse:
    """The next 30 days, day by day and person by person."""
    now = timezone.localtime()
    first, last = now.date(), now.date() + timedelta(days=DAYS - 1)
    form = ComingForm(host.admin_site, request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {"plan": None, "person": None}
    found = preview.preview(first=first, last=last, now=now, plan=chosen["plan"], person=chosen["person"])
    context = {
        "form": form,
        "days": list(preview.by_day(found)),
        "asked": explain_asks.coming(first, last, now=now, person=chosen["person"]),
        "reminders": len(found),
        "mails": preview.mails(found),
        "first": first,
        "last": last,
    }
    return _page(host, request, "coming", _("What leaves in the next 30 days"), form, context)


def _page(
    host: Any, request: HttpRequest, name: str, title: Any, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    shown = {
        **host.admin_site.each_context(request),
        **context,
        "title": title,
        "opts": host.opts,
        "media": host.media + form.media,
        "object": None,
    }
    return TemplateResponse(request, f"admin/lingang/{name}.html", shown)
