"""How does the office issue one notice from a milestone's page, or many at once?"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from milestones import access
from milestones.bulk import acts
from milestones.models import Milestone, Notice, NoticeLevel, Organisation
from milestones.notices import operations, rules, words
from milestones.notices.matters import matter_for
from milestones.notices.recipients import recipients

from . import bulk, columns, pages
from .forms import act
from .notices import late_words, level_mark
from .readonly import ReadOnlyInline

LEVELS = [(code, f"{words.MARKS[code]} {label}") for code, label in NoticeLevel.choices]
ALLOWED = _("Empty: blue %(blue)s, yellow %(yellow)s, red %(red)s working days.")


def _respond_days() -> forms.IntegerField:
    return forms.IntegerField(
        label=_("working days for the answer"),
        required=False,
        min_value=1,
        max_value=rules.MOST_DAYS,
        help_text=cast(str, ALLOWED) % rules.RESPOND_DAYS,
    )


class AskNotice(pages.Ask):
    level = forms.ChoiceField(label=_("level"), choices=LEVELS)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("issued to"))
    matter = forms.CharField(
        label=_("matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 80}),
        help_text=_("What is asked for; one matter a notice."),
    )
    respond_days = _respond_days()

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        today = timezone.localdate(timezone=milestone.plan.zone)
        level = NoticeLevel.YELLOW if milestone.is_overdue(today) else NoticeLevel.BLUE
        suggested = {
            "level": level,
            "organisation": milestone.lead_id,
            "matter": matter_for(milestone, level, today=today),
        }
        kwargs["initial"] = suggested | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)
        takes_part = Q(pk=milestone.lead_id) | Q(parties__milestone=milestone)
        field.queryset = Organisation.objects.active().filter(takes_part).distinct()


class NoticeRows(ReadOnlyInline):
    model = Notice
    fields = readonly_fields = (
        "shown_number",
        "shown_level",
        "organisation",
        "respond_by",
        "shown_state",
        "shown_late",
    )
    verbose_name_plural = _("Notices")
    ordering = ("-year", "-number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("organisation", "milestone__plan")

    @admin.display(description=_("notice number"))
    def shown_number(self, row: Notice) -> SafeString:
        url = reverse("admin:milestones_notice_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, words.number(row))

    @admin.display(description=_("level"))
    def shown_level(self, row: Notice) -> SafeString:
        return level_mark(row)

    @admin.display(description=_("state"))
    def shown_state(self, row: Notice) -> SafeString:
        return columns.state(row)

    @admin.display(description=_("in time"))
    def shown_late(self, row: Notice) -> str | SafeString:
        return late_words(row)


def issue_page(host: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """One notice about one milestone; afterwards the notice's own page, which says who was told."""
    milestone = pages.found(host, request, object_id)

    def do(milestone: Milestone, typed: dict[str, Any], act: dict[str, Any]) -> HttpResponse:
        notice = operations.issue(milestone, **typed, **act)
        _say_who(host, request, notice)
        return HttpResponseRedirect(reverse("admin:milestones_notice_change", args=[notice.pk]))

    return pages.ask(
        host,
        request,
        milestone,
        title=_("Issue a notice about this milestone"),
        button=_("Issue"),
        do=do,
        done=_("The notice is issued."),
        form_class=cast(type[forms.Form], partial(AskNotice, milestone=milestone)),
        allowed=access.may(act(request)["actor"], "notice.issue", milestone),
        shown={"milestone": milestone},
    )


def _say_who(host: Any, request: HttpRequest, notice: Notice) -> None:
    told = recipients(notice.milestone, notice.organisation, notice.issued_on)
    if told:
        host.message_user(request, _("Told by mail: %(names)s") % {"names": ", ".join(str(p) for p in told)})
    else:
        message = _("Nobody could be told by mail: the organisation has no head, coordinator or owner with an account.")
        host.message_user(request, message, messages.WARNING)


class ManyNotices(bulk.Chosen):
    level = forms.ChoiceField(label=_("level"), choices=LEVELS)
    matter = forms.CharField(
        label=_("matter"),
        required=False,
        max_length=rules.MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        help_text=_("The same for all. Empty: each gets its own, from its title and its date."),
    )
    respond_days = _respond_days()


ISSUE = bulk.Job(acts.ISSUE, ManyNotices)


@admin.action(description=ISSUE.title)
def issue_many(host: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    return bulk.page(ISSUE, host, request, queryset)
